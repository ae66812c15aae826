"""What the demo township's description marks with ◆ stands in its PDF, from records."""

import re
from datetime import date

import pytest

from accounts.models import User
from meetings.models import Meeting
from problems.models import Milestone
from rectify.demo import work as demo_work
from reports import document_model, services
from reports.document.pdf import render_pdf
from reports.models import Summary
from tests.conftest import NOON
from tests.reports.conftest import END, START, text_of
from tests.reports.test_render import words

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]

# (line of docs of the demo, what must be read in the paper)
STATED = [
    ("campaign", "“两示范一整顿”活动第二轮后进村集中整治"),
    ("deployed by", "按照中共云川市委统一部署"),
    ("round", "自2026年3月5日启动"),
    ("until", "确保11月30日前完成第二轮集中整治任务，届时未到期的问题接续办结"),
    ("designated", "把石桥村、下塘村和东岭村3个村列为2026年第二轮整顿对象"),
    ("screening", "2月2日至20日，对12个村逐一排查，走访农户86户"),
    ("approved", "3月2日研究提出建议名单，3月5日经中共云川市委组织部审定"),
    ("enlarged meetings", "3月9日动员部署，4月20日、6月15日和9月14日逐次研究推进，先后召开镇委扩大会议4次"),
    ("leading group", "3月10日，调整充实集中整治工作领导小组，由党委书记陈志远任组长，镇长林海燕、党委副书记周建国任副组长，成员7名，组织委员吴晓敏任办公室主任"),
    ("plan", "3月11日印发《清溪镇第二轮后进村集中整治活动实施方案》和行事历"),
    ("calendar", "行事历列出工作24项，目前已完成19项"),
    ("village meetings", "3月12日至13日，石桥村、下塘村和东岭村相继召开村级部署会3次"),
    ("chain", "党委书记陈志远负总责、带头联系石桥村，镇长林海燕联系下塘村，党委副书记周建国联系东岭村"),
    ("residents", "石桥村王伟、下塘村李娜、东岭村赵磊3名驻村干部为第一责任人，村书记、村委会主任6名为具体责任人"),
    ("mentoring", "云溪村党支部书记胡德明帮带石桥村党支部书记徐根生"),
    ("strong villages", "前山村、龙潭村分别结对下塘村、东岭村"),
    ("many to one", "东岭村由龙潭村和退休干部郑启华“多对一”帮扶"),
    ("activities", "帮扶活动13次，其中理论讲学5次、现场指导8次，协调资金18万元"),
    ("problems", "五类问题18个：1.历史遗留问题3个"),
    ("land", "2.重点工程建设（征地）问题3个，即石桥村、下塘村滨江大道二期清溪段征地政策处理问题"),
    ("infrastructure", "3.基础设施建设问题6个"),
    ("economy problems", "4.村集体经济问题2个"),
    ("organisation problems", "5.基层组织建设问题4个"),
    ("no. 1", "村民宅基地历史遗留问题，19户建房审批已于9月18日办结；村两委班子战斗力不强问题，议事规则落实，班子配合明显好转，均已基本化解"),
    ("no. 2", "东岭村移民征地款分配问题，在市移民办大力支持下，移民征地款已于8月22日兑付到户"),
    ("no. 3 and 4", "石桥村和下塘村共同涉及的滨江大道二期清溪段征地政策处理问题，石桥村征地协议已于8月28日签订、征地款已于9月10日到位，下塘村征地协议已于8月30日签订，均已妥善解决"),
    ("no. 5", "1.8公里水泥路面已于7月20日浇注完工"),
    ("no. 6", "石桥村办公楼已于9月28日竣工并投入使用"),
    ("no. 7", "下塘村老人公寓已于10月12日完工"),
    ("no. 8", "下塘村老人公寓消防验收和水电接入问题正在协调处理中"),
    ("no. 8 due", "12月15日前解决下塘村老人公寓消防验收和水电接入问题"),
    ("no. 9", "集体经济薄弱问题，精品蔬菜基地投产，全年集体收入可达10万元以上，已基本化解"),
    ("no. 10", "外来务工人员公寓用地指标问题，用地指标于5月18日在协调会上议定解决，已于6月26日下达"),
    ("no. 12", "收取厂房租金引发人身意外伤害纠纷已初步解决"),
    ("no. 12 due", "11月20日前解决下塘村收取厂房租金引发人身意外伤害纠纷"),
    ("no. 13", "东岭村党支部副书记一职因原任辞职，自4月15日起空缺至今"),
    ("no. 14", "石桥村连续两年以上未发展党员问题属长期坚持事项，正持续推进"),
    ("no. 16", "东岭村饮用水管网改造问题经延期后于10月15日到期仍未办结"),
    ("no. 17", "下塘村旧村改造安置房权证办理问题6月30日销号后，于9月5日出现反弹"),
    ("closed", "18个问题已销号12个，其中妥善解决9个、基本化解3个"),
    ("rate", "已销号12个，销号率66.7%"),
    ("open", "仍有6个问题尚未销号，其中逾期1个、反弹1个、初步解决1个"),
    ("plans", "石桥村、下塘村和东岭村3份整顿方案分别于4月10日、12日和15日审定，其中东岭村方案经退回完善后通过"),
    ("measures", "整改措施41项，目前已完成33项"),
    ("stations", "确定自然资源所、农业农村办、村镇建设办、平安办、财政所、综合执法队、民政办、移民办和水利站9个站所为协助单位"),
    ("coordination", "5月18日，市委常委、组织部部长方敏主持召开协调会，发改局、自然资源和规划局、交通运输局、农业农村局和滨江大道建设指挥部参加，会商难题5个"),
    ("settled there", "东岭村机耕路水泥路面资金缺口问题和下塘村外来务工人员公寓用地指标问题2个事项当场议定解决"),
    ("promised", "议定限期办理任务3项，已落实2项，逾期未落实1项"),
    ("own meetings", "镇里又于6月25日和9月2日召开协调会跟进，累计召开协调会3次"),
    ("inspections", "督查9次，其中周前工作例会督查4次、领导下村督导3次、暗访2次"),
    ("notices", "整改通知书6份，已反馈5份"),
    ("bulletins", "在机关干部例会上通报2次（5月11日和8月10日）、在镇委扩大会议上通报2次（6月15日和9月14日）"),
    ("visits", "镇领导进村走访37次、入户212户"),
    ("campaigns", "把集中整治与村级组织换届、“我为群众办实事”和创先争优（双争一满意）等工作统筹推进，7个问题"),
    ("practices", "“书记议事日”“项目联审”2项经验做法"),
    ("guidance", "《云川市发展壮大村集体经济指导意见》8条措施"),
    ("paths", "石桥村由村党组织领办闲置厂房盘活项目，下塘村引进项目发展旅游观光，东岭村与龙潭村联建精品蔬菜产业"),
    ("trained", "培养致富带头人11名"),
    ("income", "石桥村由8.6万元增加到15.3万元，下塘村由7.4万元增加到12.6万元，东岭村由6.2万元增加到10.8万元，3个村全部达到10万元以上"),
    ("members 1", "石桥村46名中60岁及以上24名、35岁以下4名、外出务工12名、入党申请人和积极分子3名"),
    ("members 2", "下塘村52名中60岁及以上29名、35岁以下5名、外出务工17名、入党申请人和积极分子4名"),
    ("members 3", "东岭村38名中60岁及以上23名、35岁以下2名、外出务工14名、入党申请人和积极分子1名"),
    ("training", "6名村干部参加2026年秋季村干部学历教育"),
    ("commitments", "农业农村局落实东岭村饮用水管网改造资金（原定9月30日，已逾期）、村镇建设办完成老人公寓水电接入（11月25日前）"),
    *[(f"author {i}", text) for i, text in enumerate(demo_work.NEXT_STEPS, 1)],
    ("survey", "收回有效票164张，其中满意和基本满意149张，占90.9%"),
    ("signature", "中共清溪镇委员会2026年10月31日"),
]  # fmt: skip


@pytest.fixture
def summary(demo_township, db) -> Summary:
    clerk = User.objects.get(username="dangjianban")
    summary = services.draft_summary(
        round=demo_township.round, kind="stage", starts_on=START, ends_on=END, as_of=END, by=clerk, at=NOON
    )
    for text in demo_work.NEXT_STEPS:
        services.add_own_part(summary, section="part.next", text=text, by=clerk, at=NOON)
    return summary


def unstated(text: str) -> list[str]:
    return [line for line, phrase in STATED if phrase not in text]


def test_every_marked_line_stands_in_the_pdf(summary):
    document = document_model.document(summary, list(summary.parts.all()))

    content = render_pdf(document, created_at=NOON, identifier="test")

    assert unstated(words(content)) == []


def test_nothing_is_missing_and_the_length_is_right(summary):
    text = text_of(summary)

    # One village's sheet of the year waits for the office: it is counted as reported, and the author is told.
    assert {gap["missing"] for gap in summary.missing} == {"东岭村2026年度数据尚未确认"}
    assert 2000 <= len(text) <= 4000
    assert not re.search(r"(?<!\d)0[次个名户份项]|None|nan|X{1,2}[村镇个]", text)


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        (lambda: Meeting.objects.filter(name="镇委扩大会议", held_on=date(2026, 6, 15)).update(kind="other"), "enlarged meetings"),
        (lambda: Milestone.objects.filter(fact="征地款已到位").update(happened_on=date(2026, 9, 11)), "no. 3 and 4"),
        (lambda: User.objects.get(username="chenzhiyuan").cadre.assignments.filter(role="linked_leader").delete(), "chain"),
    ],
    ids=["a-meeting-less", "a-day-later", "a-leader-less"],
)  # fmt: skip
def test_control_one_changed_record_changes_its_sentence(demo_township, db, change, lost):
    from django.db import transaction

    clerk = User.objects.get(username="dangjianban")
    point = transaction.savepoint()
    change()
    summary = services.draft_summary(
        round=demo_township.round, kind="stage", starts_on=START, ends_on=END, as_of=END, by=clerk, at=NOON
    )

    gone = unstated(re.sub(r"\s", "", text_of(summary)))

    assert lost in gone
    assert {line for line in gone if not line.startswith("author")} - {lost, "signature", "bulletins"} == set()
    transaction.savepoint_rollback(point)
