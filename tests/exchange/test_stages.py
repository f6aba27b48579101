"""Stages as data."""

import pytest

from twin.exchange.stages import APPROVAL, approval_stage, approval_stages, lifecycle_stages, stage, unknown_stage


def test_the_five_stages_and_the_four_of_approval_are_there_in_order() -> None:
    assert [s.zh for s in lifecycle_stages()] == ["立项审批", "设计优化", "资金筹措", "建设实施", "运营维护"]
    assert [s.id for s in lifecycle_stages()] == ["approval", "design", "funding", "construction", "operation"]
    assert [s.zh for s in approval_stages()] == ["立项用地规划许可", "工程建设许可", "施工许可", "竣工验收"]
    assert [s.order for s in approval_stages()] == [1, 2, 3, 4]
    assert all("11号" in s.source for s in approval_stages())


def test_every_name_leads_to_its_stage_and_to_no_other() -> None:
    for of, stages in ((stage, lifecycle_stages()), (approval_stage, approval_stages())):
        names = [name for s in stages for name in {s.id, s.zh, s.en, *s.also}]
        assert len(names) == len(set(names)), "a name of two stages"
        for s in stages:
            for name in (s.id, s.zh, s.en, *s.also, s.zh + "阶段", s.en.upper(), f" {s.zh} "):
                assert of(name) == s.id


@pytest.mark.parametrize("name", ["", "开始", "phase 3", "施工许可"])
def test_other_names_are_no_lifecycle_stage(name: str) -> None:
    assert stage(name) is None


def test_an_unknown_stage_is_told_with_those_that_are_known() -> None:
    assert "施工许可 (construction_permit)" in unknown_stage(APPROVAL)
