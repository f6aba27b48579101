/** Words of the map: two days side by side, pictures of it, what to do without it. */

export const zh = {
  compare_map: "左侧日期的三维地图",
  compare_divider: "分隔线：左侧 {left}，右侧 {right}；左右方向键移动",
  compare_close: "结束对比",
  picture_day: "截至 {date}",
  picture_days: "左 {left}，右 {right}",
  go_on_with_list: "继续查看项目列表",
  load_page_again: "重新载入页面",
};

export const en: Readonly<Record<keyof typeof zh, string>> = {
  compare_map: "3D map of the day on the left",
  compare_divider: "Divider: {left} on the left, {right} on the right; arrow keys move it",
  compare_close: "Stop comparing",
  picture_day: "As of {date}",
  picture_days: "Left {left}, right {right}",
  go_on_with_list: "Go on with the list of projects",
  load_page_again: "Load the page again",
};
