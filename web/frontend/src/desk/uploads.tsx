/** Models that are sent in the browser: choose files, see them come, look at what they are, publish them. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { sentenceOf } from "../store";
import { IconButton } from "../ui/parts";
import { useTwin } from "../ui/twin";
import { bytes, date, number } from "../words/format";
import type { Word } from "../words/dictionary";
import { useDesk } from "./desk-data";
import { JobBar, JobList, stageText } from "./jobs";
import { Answer, Bar, DeskPanel, Tabs } from "./parts";
import type { Transfer } from "./transfers";
import type { Upload } from "./types";
import { UploadForm } from "./upload-form";
import { UploadReview } from "./upload-review";

const TABS = ["files", "jobs"] as const;

export function Uploads(): JSX.Element {
  const { store, say } = useTwin();
  const desk = useDesk();
  const [tab, setTab] = useState<(typeof TABS)[number]>("files");
  const [chosen, choose] = useState<string | null>(null);
  useEffect(() => { desk.forget(); return () => store.update({ footprint: null }); }, []);
  const look = (id: string | null): void => { choose(id); if (id === null) store.update({ footprint: null }); };
  const close = (): void => store.update({ desk: null, footprint: null });
  const uploads = desk.uploads();
  const opened = uploads.value?.uploads.find(({ id }) => id === chosen);
  if (opened) return <DeskPanel key="review" id="desk" className="desk-panel" title={opened.file} from="uploads" close={close}
    note={<span class="dots"><span>{opened.project}</span> <span>{bytes(opened.size, store.state.language)}</span> <span>{opened.created_by}</span></span>}
    head={<IconButton icon="back" label={say("uploads_back")} focus="uploads-back" onClick={() => look(null)} />}><UploadReview key={opened.id} upload={opened} back={() => look(null)} /></DeskPanel>;
  return <DeskPanel key="all" id="desk" className="desk-panel" title={say("uploads")} from="uploads" close={close}>
    <Tabs names={TABS} chosen={tab} choose={setTab} word={(name) => `uploads_tab_${name}` as Word} label={say("uploads")} />
    <div class="scroll grow" role="tabpanel" id="desk-tab-panel" aria-labelledby={`desk-tab-${tab}`} tabIndex={-1}>
      {tab === "jobs" ? <JobList /> : <>
        <UploadForm />
        <ul class="desk-list" aria-label={say("uploads_list")}>
          {desk.transfers.list.map((transfer) => <TransferRow key={transfer.number} transfer={transfer} />)}
        </ul>
        <Answer slot={uploads}>{({ uploads: all }) => {
          const listed = all.filter((upload) => !isBeingSent(upload, desk.transfers.list));
          return listed.length ? <ul class="desk-list" aria-label={say("uploads_list")}>{listed.map((upload) => <UploadRow key={upload.id} upload={upload} open={() => look(upload.id)} />)}</ul>
            : !desk.transfers.list.length && <p class="section soft note">{say("uploads_none")}</p>;
        }}</Answer></>}
    </div>
  </DeskPanel>;
}

/** The server's row of a file that this page is sending is not shown beside the page's own. */
function isBeingSent(upload: Upload, transfers: readonly Transfer[]): boolean {
  return upload.state === "receiving" && transfers.some(({ file, purpose }) => file.name === upload.file && file.size === upload.size && purpose.project === upload.project);
}

function TransferRow({ transfer }: { transfer: Transfer }): JSX.Element {
  const { say, language } = useTwin();
  const { transfers } = useDesk();
  const { number: id, file, sent, state, trouble } = transfer;
  const share = `${number(file.size ? (100 * sent) / file.size : 0, language, 0)} %`;
  return <li class="desk-row" data-transfer={file.name}>
    <div class="desk-row-head"><b class="desk-name" title={file.name}>{file.name}</b><span class="soft note num">{state === "queued" ? say("upload_queued") : share}</span></div>
    <Bar done={sent} total={file.size} label={say("upload_sending_of", { name: file.name })} />
    <div class="desk-row-foot"><span class="soft note" role="status">{trouble ? sentenceOf(trouble, say) : say("upload_sent_of", { sent: bytes(sent, language), all: bytes(file.size, language) })}{trouble && state === "sending" ? ` ${say("upload_goes_on")}` : ""}</span>
      {state === "failed" && <button class="button small-text" type="button" data-focus={`again ${file.name}`} onClick={() => transfers.again(id)}>{say("upload_again")}</button>}
      <button class="button small-text quiet" type="button" data-focus={`drop ${file.name}`} aria-label={say("upload_drop_of", { name: file.name })} onClick={() => transfers.drop(id)}>{say("upload_drop")}</button></div>
  </li>;
}

function UploadRow({ upload, open }: { upload: Upload; open: () => void }): JSX.Element {
  const { say, language } = useTwin();
  const desk = useDesk();
  const job = upload.job ? desk.jobs.get(upload.job) : undefined;
  const state = say(`upload_state_${upload.state}` as Word);
  const working = ["examining", "publishing"].includes(upload.state);
  return <li class="desk-row" data-upload={upload.file} data-state={upload.state}>
    <button class="row" type="button" data-focus={`upload ${upload.id}`} onClick={open}>
      <span class="row-text"><b class="desk-name" title={upload.file}>{upload.file}</b><span class="soft note dots num"><span>{upload.project}</span> <span>{bytes(upload.size, language)}</span> <span>{date(upload.created_at, language)}</span> <span>{upload.created_by}</span></span></span>
      <span class={`desk-state state-${upload.state}`}>{state}</span></button>
    {working && <><JobBar job={job} label={state} /><p class="soft note">{job ? stageText(job, say) : say("job_waiting")}</p></>}
    {upload.state === "receiving" && <p class="soft note">{say("upload_half", { received: bytes(upload.received, language), all: bytes(upload.size, language) })}</p>}
  </li>;
}
