/** How components reach the store and the map. */

import { createContext, render, type ComponentType } from "preact";
import { useContext, useLayoutEffect, useReducer } from "preact/hooks";

import type { Actions } from "../actions";
import type { State, Store } from "../store";
import type { Language } from "../words/dictionary";

interface Reach {
  store: Store;
  actions: Actions;
}

const Context = createContext<Reach | null>(null);

function useReach(): Reach {
  const found = useContext(Context);
  if (!found) throw new Error("a panel stands outside the page");
  return found;
}

/** The store, drawn again whenever it changes, answers of the server included. */
export function useTwin(): { store: Store; state: State; say: Store["say"]; language: Language } {
  const { store } = useReach();
  const [, again] = useReducer((count: number) => count + 1, 0);
  useLayoutEffect(() => {
    again(0); // an answer may have come between drawing and listening
    return store.subscribe(() => again(0));
  }, [store]);
  return { store, state: store.state, say: store.say, language: store.state.language };
}

export function useActions(): Actions {
  return useReach().actions;
}

/** Draw a panel into `parent` for as long as the page lives. */
export function mount(Panel: ComponentType, parent: HTMLElement, reach: Reach): HTMLElement {
  render(<Context.Provider value={reach}><Panel /></Context.Provider>, parent);
  return parent;
}
