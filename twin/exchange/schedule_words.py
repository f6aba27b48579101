"""The columns of schedule tables: their headers in English and Chinese, how their cells are read, the kinds of rows."""

from collections.abc import Mapping, Sequence

from twin.exchange.cells import narrow
from twin.exchange.records import AMOUNT, BEGIN, END, LIST, LONG, NUMBER, SHARE, TEXT

BASELINES = 10  # the highest number of a baseline, as in Microsoft Project
BASELINE_PARTS = ("start", "finish", "cost", "work", "duration")
_START = ("开始", "开始时间", "开始日期", "开工日期", "开工时间")
_FINISH = ("完成", "完成时间", "完成日期", "完工日期", "完工时间", "结束", "结束时间", "结束日期", "竣工日期")


def _dated(words: Sequence[str], chinese: Sequence[str], ends: Sequence[str]) -> tuple[str, ...]:
    """Return every "planned start", "计划开始时间" that the words make."""
    english = ("finish", "end", "finish date", "end date") if ends is _FINISH else ("start", "start date")
    return (*(f"{w} {e}" for w in words for e in english), *(f"{c}{e}" for c in chinese for e in ends))


def baseline_field(number: int, part: str) -> str:
    """Return the field that holds a part of a baseline: the one that counts, 0, goes without its number.

    >>> baseline_field(0, "start"), baseline_field(1, "start")
    ('baseline_start', 'baseline1_start')
    """
    return f"baseline{number or ''}_{part}"


def _of_baseline(number: int) -> dict[str, tuple[str, ...]]:
    """Return field → headers of a baseline other than 0, as Microsoft Project and tables of ours name them."""
    chinese = tuple(f"{word}{number}" for word in ("基线", "基准", "比较基准"))
    words = {"cost": ("成本", "费用"), "work": ("工时",), "duration": ("工期",)}
    return {
        baseline_field(number, "start"): _dated((f"baseline{number}",), chinese, _START),
        baseline_field(number, "finish"): _dated((f"baseline{number}",), chinese, _FINISH),
        **{baseline_field(number, part): tuple(c + w for c in chinese for w in words[part]) for part in words},
    }


FIELDS: Mapping[str, Sequence[str]] = {
    "kind": ("kind", "row kind", "task type", "activity type", "任务类型", "作业类型", "行类型"),
    "task": (
        *(
            "task",
            "task id",
            "activity id",
            "activity",
            "id",
            "unique id",
            "任务编号",
            "任务编码",
            "任务代码",
            "任务ID",
        ),
        *("作业编号", "作业代码", "作业ID", "工作编号", "工序编号", "编号", "唯一标识号", "标识号"),
    ),
    "name": (
        *("name", "task name", "activity name", "title", "description", "任务名称", "作业名称", "工作名称", "工序名称"),
        *("工作内容", "任务", "名称", "施工内容", "分部分项工程"),
    ),
    "code": ("code", "wbs", "wbs code", "outline number", "WBS编码", "WBS代码", "大纲数字", "大纲编号"),
    "parent": ("parent", "parent task", "parent id", "上级任务", "父任务", "上级编号", "上级任务编号", "父级"),
    "level": ("level", "outline level", "indent", "大纲级别", "级别", "层级"),
    "start": ("start", "start date", *_dated(("planned", "schedule", "scheduled"), ("计划",), _START), *_START),
    "finish": (
        *("finish", "end", "finish date", "end date"),
        *(*_dated(("planned", "schedule", "scheduled"), ("计划",), _FINISH), *_FINISH),
    ),
    "baseline_start": _dated(("baseline", "baseline0"), ("基线", "基准", "比较基准", "目标"), _START),
    "baseline_finish": _dated(("baseline", "baseline0"), ("基线", "基准", "比较基准", "目标"), _FINISH),
    "baseline_cost": ("baseline cost", "基线费用", "基线成本", "基准费用", "基准成本", "比较基准成本"),
    "baseline_work": ("baseline work", "基线工时", "基准工时", "比较基准工时"),
    "baseline_duration": ("baseline duration", "基线工期", "基准工期", "比较基准工期"),
    "actual_start": _dated(("actual",), ("实际",), _START),
    "actual_finish": _dated(("actual",), ("实际",), _FINISH),
    "completion": (
        *("completion", "percent complete", "complete", "progress", "physical percent complete", "activity complete"),
        *("完成百分比", "完成比例", "完成率", "进度", "实际进度", "形象进度", "累计完成", "实际完成百分比"),
    ),
    "duration": (
        *("duration", "duration days", "duration (days)", "duration (d)", "duration hours", "duration (h)"),
        *("original duration", "planned duration", "工期", "工期(天)", "工期(日)", "工期(小时)", "计划工期"),
        *("计划工期(天)", "持续时间", "持续时间(天)", "原定工期"),
    ),
    "remaining_duration": ("remaining duration", "剩余工期", "剩余工期(天)", "尚需工期", "剩余持续时间"),
    "cost": (
        *("cost", "planned cost", "budget", "budgeted cost", "budgeted total cost", "费用", "成本", "计划费用"),
        *("计划成本", "预算", "预算费用", "造价", "合同价", "金额", "投资", "计划投资"),
    ),
    "actual_cost": (
        *("actual cost", "spent", "cost to date", "实际费用", "实际成本", "已完成投资", "累计完成投资", "实际投资"),
        *("累计费用",),
    ),
    "work": ("work", "planned work", "work (h)", "工时", "计划工时", "工时(小时)"),
    "actual_work": ("actual work", "actual work (h)", "实际工时"),
    "predecessors": (
        "predecessors",
        "predecessor",
        "depends on",
        "前置任务",
        "紧前任务",
        "紧前工作",
        "前置作业",
        "紧前工序",
    ),
    "calendar": ("calendar", "task calendar", "calendar name", "日历", "任务日历", "日历名称"),
    "resource": ("resource", "resources", "resource name", "resource names", "资源", "资源名称"),
    "quantity": ("quantity", "planned quantity", "数量", "计划数量", "工程量"),
    "actual_quantity": ("actual quantity", "实际数量", "完成数量", "完成工程量"),
    "unit": ("unit", "units", "单位", "计量单位"),
    "milestone": ("milestone", "is milestone", "里程碑"),
    "data_date": ("data date", "status date", "数据日期", "状态日期", "截止日期"),
    "currency": ("currency", "币种", "货币"),
    "definition": ("definition", "定义"),
    "elements": ("elements", "element ids", "global ids", "guids", "构件", "构件GlobalId", "构件编码"),
    **{name: words for number in range(1, BASELINES + 1) for name, words in _of_baseline(number).items()},
}
KINDS: Mapping[str, str] = {
    **{"kind": TEXT, "task": TEXT, "name": LONG, "code": TEXT, "parent": TEXT, "level": NUMBER},
    **{"start": BEGIN, "finish": END, "baseline_start": BEGIN, "baseline_finish": END, "baseline_cost": AMOUNT},
    **{"baseline_work": TEXT, "baseline_duration": TEXT, "actual_start": BEGIN, "actual_finish": END},
    **{"completion": SHARE, "duration": TEXT, "remaining_duration": TEXT, "cost": AMOUNT, "actual_cost": AMOUNT},
    **{"work": TEXT, "actual_work": TEXT, "predecessors": LIST, "calendar": TEXT, "resource": LONG},
    **{"quantity": NUMBER, "actual_quantity": NUMBER, "unit": TEXT, "milestone": TEXT, "data_date": END},
    **{"currency": TEXT, "definition": LIST, "elements": LIST},
    **{
        baseline_field(number, part): kind
        for number in range(1, BASELINES + 1)
        for part, kind in zip(BASELINE_PARTS, (BEGIN, END, AMOUNT, TEXT, TEXT), strict=True)
    },
}

# Rows that are no tasks stand in the same table: what they mean is said by `kind`.
CALENDAR, EXCEPTION, RESOURCE, ASSIGNMENT, ELEMENTS, SCHEDULE = (
    *("calendar", "exception", "resource", "assignment", "elements", "schedule"),
)
OTHER_ROWS = (CALENDAR, EXCEPTION, RESOURCE, ASSIGNMENT, ELEMENTS, SCHEDULE)
_KIND_WORDS: Mapping[str, Sequence[str]] = {
    "task": (
        "task",
        "normal",
        "task dependent",
        "resource dependent",
        "activity",
        "任务",
        "作业",
        "工作",
        "工序",
        "普通",
    ),
    "milestone": ("milestone", "start milestone", "finish milestone", "里程碑", "开始里程碑", "完成里程碑"),
    "summary": ("summary", "summary task", "wbs summary", "wbs", "摘要", "摘要任务", "汇总", "汇总任务"),
    "level_of_effort": ("level_of_effort", "level of effort", "loe", "hammock", "投入水平", "配合作业"),
    **{name: (name,) for name in OTHER_ROWS},
}
ROW_KINDS = {word: name for name, words in _KIND_WORDS.items() for word in words}
YES = {"yes", "y", "true", "1", "x", "是", "√", "有"}
NO = {"no", "n", "false", "0", "否", "无", "×"}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAY_WORDS = {
    **{name.lower(): number for number, name in enumerate(WEEKDAYS)},
    **{f"{word}{sign}": number for word in ("周", "星期") for number, sign in enumerate("一二三四五六日")},
    **{"周天": 6, "星期天": 6},
}
STANDARD = {"standard", "标准", "标准日历", "standard calendar", "5x8", "5*8"}  # Monday to Friday, eight hours


def bare_unit(header: str) -> str:
    """Return the unit of bare numbers of durations under a header: hours where it says so, else days.

    >>> bare_unit("duration (h)"), bare_unit("工期(小时)"), bare_unit("工期(天)")
    ('h', 'h', 'd')
    """
    plain = narrow(header).lower()
    return "h" if "hour" in plain or "小时" in plain or "(h)" in plain else "d"
