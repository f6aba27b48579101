"""The table of rights in the docs, from what was answered: `python -m tests.rights.table` writes it anew."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from web.routes.table import Route

DOCS = Path(__file__).parents[2] / "docs"

Statuses = Mapping[tuple[str, str], Mapping[str, int]]

_HEADS = {
    "en": (
        "# Rights, route by route",
        "Written by `python -m tests.rights.table`; a test asks every route as everybody and fails when this table "
        "says something else. What roles, scopes and publications are: [Sharing](sharing.md).\n\n"
        "Each column says who asks, and the status of the answer. All but the first ask for something of a project "
        "that is not published: “public” has another project to see, the last two have rights in another project "
        "only. 404 is what they would get for something that is not there. Where a route is not about one project, "
        "the answer holds what the asker may see. Layers are shown to everybody who is signed in. “–” needs no role: "
        "the answer is the same for everybody, or about the asker alone.",
        ("Method", "Route", "Needs"),
        {
            "public": "public, of a published project",
            "public, of what is not published": "public",
            "nobody": "public, nothing published",
            "viewer": "viewer",
            "engineer": "engineer",
            "manager": "manager",
            "administrator": "administrator",
            "manager elsewhere": "manager of another project",
            "key elsewhere": "administrator's token for another project",
        },
        {"public": "public", "viewer": "viewer", "engineer": "engineer", "manager": "manager"}
        | {"administrator": "administrator"},
    ),
    "zh": (
        "# 各接口的权限",
        "本页由 `python -m tests.rights.table` 生成；测试以每种身份请求每个接口，结果与本表不同即失败。"
        "角色、范围与发布的含义见[共享](sharing.zh-CN.md)。\n\n"
        "每列是请求者及其得到的状态码。除第一列外，请求的都是一个未发布项目的内容：“公众”另有一个可见的已发布项目，"
        "最后两列只在另一个项目中有权限。404 与内容不存在时完全相同。不针对单个项目的接口，只返回请求者可见的内容。"
        "图层对所有已登录者可见。“–”表示不需要角色：答案对所有人相同，或只关于请求者本人。",
        ("方法", "接口", "需要的角色"),
        {
            "public": "公众，已发布的项目",
            "public, of what is not published": "公众",
            "nobody": "公众，什么都没有发布",
            "viewer": "查看者",
            "engineer": "工程师",
            "manager": "管理者",
            "administrator": "管理员",
            "manager elsewhere": "另一项目的管理者",
            "key elsewhere": "管理员的、限于另一项目的密钥",
        },
        {"public": "公众", "viewer": "查看者", "engineer": "工程师", "manager": "管理者", "administrator": "管理员"},
    ),
}


def documents(routes: Sequence[Route], statuses: Statuses) -> dict[str, str]:
    """Return file in `docs/` → its text."""
    return {"rights.md": _document("en", routes, statuses), "rights.zh-CN.md": _document("zh", routes, statuses)}


def _document(language: str, routes: Sequence[Route], statuses: Statuses) -> str:
    title, told, head, askers, roles = _HEADS[language]
    lines = [title, "", told, "", _row([*head, *askers.values()]), _row(["---"] * (len(head) + len(askers)))]
    for route in routes:
        answered = statuses[route.method, route.path]
        needs = "–" if route.needs is None else roles[str(route.needs)]
        lines.append(_row([route.method, f"`{route.path}`", needs, *(str(answered[asker]) for asker in askers)]))
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Ask everything and write the table."""
    from tests.rights import city
    from tests.rights.asked import EVERYBODY, ROUTES, ask_all

    statuses: dict[tuple[str, str], dict[str, int]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        twin = city.build(Path(scratch))
        for number, name in enumerate(EVERYBODY):
            _, found = ask_all(name, twin, Path(scratch) / str(number))
            for key, each in found.items():
                statuses.setdefault(key, {})[name] = each.answer.status_code
    for path, text in documents(ROUTES, statuses).items():
        (DOCS / path).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
