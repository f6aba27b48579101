/** Words of help and the first visit. */

export const zh = {
  help: "帮助",
  tour: "初次使用引导",
  tour_step: "第 {n} 步，共 {all} 步",
  tour_next: "下一步",
  tour_back: "上一步",
  tour_done: "开始使用",
  tour_skip: "跳过引导",
  tour_where: "哪里亮灯",
  tour_where_text: "左侧是全市各种灯的数目、上月以来的变化和各个项目，红灯在前；地图上用同样的标记。",
  tour_why: "为什么",
  tour_why_text: "点一个项目，画面飞到那里，右侧说明为什么亮这个灯：规则、条款、数值和上报依据。",
  tour_day: "哪一天，按什么着色",
  tour_day_text: "在这里换日期、看过去和预测，选择灯、进度、资金等着色；图例在旁边，二维和三维一致。",
  tour_inside: "走进建筑",
  tour_inside_text: "项目有模型时，从它的面板进入：按楼层、类别、系统查看，剖切，测量，点任意构件看属性与任务。",
};

export const en: Readonly<Record<keyof typeof zh, string>> = {
  help: "Help",
  tour: "First visit",
  tour_step: "Step {n} of {all}",
  tour_next: "Next",
  tour_back: "Back",
  tour_done: "Start",
  tour_skip: "Skip the tour",
  tour_where: "Where it burns",
  tour_where_text: "On the left: how many of each light, what changed since last month, and the projects, red ones first. The map has the same marks.",
  tour_why: "Why",
  tour_why_text: "Click a project: the map flies there, and the panel on the right says why it has this light: the rule, its clause, the figures and the report behind them.",
  tour_day: "Which day, which colours",
  tour_day_text: "Change the day here, back in time or on into the forecast, and colour by light, progress, funds and more. One legend for the map and the buildings.",
  tour_inside: "Into the building",
  tour_inside_text: "A project with a model has a way in on its panel: storeys, classes and systems, a section plane, measuring, and the facts and tasks of any element.",
};
