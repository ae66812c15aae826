"""The eighteen problems of the demo and the course of each."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rectify.demo.place import V1, V2, V3

D = date
PROJECT = "滨江大道二期清溪段"


@dataclass(frozen=True)
class Case:
    """One problem and what happened to it, in the order of time."""

    village: str
    category: str
    title: str
    description: str
    discovered_on: date
    due_on: date | None
    details: dict[str, Any] = field(default_factory=dict)
    source: str = "screening"
    source_event: str = ""
    place: str = ""
    households: int | None = None
    severity: str = "medium"
    key_project: str | None = None
    campaign: str | None = None
    deadline_kind: str = "date"
    target: str = ""
    unit: str = ""  # responsible
    assisting: tuple[str, ...] = ()
    accepted_on: date = date(2026, 3, 20)
    # (text, standard, due, done or None, note)
    measures: tuple[tuple[str, str, date | None, date | None, str], ...] = ()
    # (day, cadre key, text)
    progress: tuple[tuple[date, str, str], ...] = ()
    # (kind, day, fact)
    milestones: tuple[tuple[str, date, str], ...] = ()
    extension: tuple[date, date, str] | None = None  # asked on, new due, reason
    degree: tuple[date, str, str] | None = None  # recorded while open
    closed: tuple[date, str, str] | None = None  # day, degree, outcome in words
    relapse: tuple[date, date, str] | None = None  # day, new due, reason
    instruction: tuple[date, str, str] | None = None  # day, cadre key, text


CASES: dict[int, Case] = {
    1: Case(
        V1, "legacy", "村民宅基地历史遗留问题", "旧村规划调整后，23户村民建房审批长期搁置，部分老宅一户多宅、界址不清。", D(2026, 2, 2), D(2026, 9, 30),
        details={"began_year": 2013, "matter": "村庄规划调整后审批中断"}, households=23, severity="hard", target="23户逐户明确处理意见，符合条件的完成审批。",
        unit="自然资源所", assisting=("综合执法队",),
        measures=(
            ("逐户核实宅基地现状并建立档案", "23户一户一档", D(2026, 4, 30), D(2026, 4, 28), "23户档案已建立"),
            ("提出分类处理意见并公示", "村民代表会议通过并公示7天", D(2026, 6, 30), D(2026, 6, 20), "分类意见已公示"),
            ("集中办理建房审批", "符合条件的农户完成审批", D(2026, 9, 20), D(2026, 9, 18), "19户完成审批，4户确定安置方案"),
        ),
        progress=((D(2026, 4, 28), "xugensheng", "会同自然资源所完成23户现状核实，逐户建档。"), (D(2026, 6, 20), "xugensheng", "村民代表会议通过分类处理意见，公示期内无异议。"), (D(2026, 8, 12), "ziran", "首批11户建房审批已办结。"), (D(2026, 9, 18), "xugensheng", "19户完成审批，其余4户已确定安置方案。")),
        milestones=(("other", D(2026, 9, 18), "19户建房审批已办结"),), closed=(D(2026, 9, 22), "basic", "23户中19户完成建房审批，其余4户安置方案已确定"),
    ),
    2: Case(
        V3, "legacy", "移民征地款分配问题", "移民安置时的征地款分配口径不一，部分移民户与村集体长期有分歧。", D(2026, 2, 5), D(2026, 8, 31),
        details={"began_year": 2008, "matter": "移民安置时分配口径不一"}, source="petition", source_event="2025年群众来访登记", households=31, severity="hard",
        target="形成各方认可的分配方案并兑付到户。", unit="移民办", assisting=("财政所",),
        measures=(
            ("核对移民户名册和历年收支", "名册经移民户确认", D(2026, 5, 10), D(2026, 5, 8), "31户全部确认"),
            ("拟定分配方案并经民主程序", "村民代表会议表决通过", D(2026, 7, 20), D(2026, 7, 16), "表决通过"),
            ("征地款兑付到户", "31户全部兑付", D(2026, 8, 25), D(2026, 8, 22), "全部兑付"),
        ),
        progress=((D(2026, 5, 8), "panyongfu", "移民户名册和历年收支核对完毕。"), (D(2026, 7, 16), "panyongfu", "市移民办到村指导，分配方案经村民代表会议表决通过。"), (D(2026, 8, 22), "panyongfu", "征地款已全部兑付到户。")),
        milestones=(("money_paid", D(2026, 8, 22), "移民征地款已兑付到户"),), closed=(D(2026, 8, 25), "full", "在市移民办大力支持下，分配方案获各方认可，款项兑付到户"),
    ),
    3: Case(
        V1, "land_acquisition", "滨江大道二期清溪段征地政策处理", "滨江大道二期清溪段穿过本村，征地范围内农户对补偿口径有意见，协议迟迟未签。", D(2026, 2, 2), D(2026, 9, 15),
        details={"land_mu": "86.5", "compensation": "742"}, households=64, severity="hard", key_project=PROJECT, target="完成征地协议签订和款项支付。",
        unit="自然资源所", assisting=("综合执法队", "财政所"),
        measures=(
            ("逐户宣讲统一补偿口径", "64户全部上门", D(2026, 7, 31), D(2026, 7, 28), "64户全部上门宣讲"),
            ("签订征地协议", "协议全部签订", D(2026, 8, 31), D(2026, 8, 28), "协议全部签订"),
            ("支付征地款", "款项到户", D(2026, 9, 12), D(2026, 9, 10), "款项已到户"),
        ),
        progress=((D(2026, 5, 20), "xugensheng", "市里协调会明确由指挥部统一补偿口径。"), (D(2026, 7, 28), "xugensheng", "统一口径已逐户宣讲，大部分农户表示同意。"), (D(2026, 8, 28), "xugensheng", "征地协议全部签订。"), (D(2026, 9, 10), "xugensheng", "征地款支付到户。")),
        milestones=(("agreement_signed", D(2026, 8, 28), "征地协议已签订"), ("money_paid", D(2026, 9, 10), "征地款已到位")), closed=(D(2026, 9, 12), "full", "征地协议全部签订，征地款支付到户"),
        instruction=(D(2026, 5, 19), "chen", "补偿口径要一把尺子量到底，公开透明，务必在9月中旬前办结。"),
    ),
    4: Case(
        V2, "land_acquisition", "滨江大道二期清溪段征地政策处理", "滨江大道二期清溪段涉及本村农田，农户要求与石桥村同口径补偿。", D(2026, 2, 3), D(2026, 9, 15),
        details={"land_mu": "52.3", "compensation": "448"}, households=41, severity="hard", key_project=PROJECT, target="完成征地协议签订。",
        unit="自然资源所", assisting=("财政所",),
        measures=(
            ("逐户宣讲统一补偿口径", "41户全部上门", D(2026, 7, 31), D(2026, 7, 30), "全部上门"),
            ("签订征地协议", "协议全部签订", D(2026, 8, 31), D(2026, 8, 30), "全部签订"),
        ),
        progress=((D(2026, 7, 30), "hexiuying", "统一口径已逐户宣讲。"), (D(2026, 8, 30), "hexiuying", "征地协议全部签订。")),
        milestones=(("agreement_signed", D(2026, 8, 30), "征地协议已签订"),), closed=(D(2026, 9, 8), "full", "征地协议全部签订"),
    ),
    5: Case(
        V3, "infrastructure", "机耕路浇注水泥路面资金缺口", "大坞机耕路1.8公里路面坑洼，群众要求硬化，资金缺口32万元。", D(2026, 2, 5), D(2026, 7, 31),
        details={"scale": "1.8公里", "total": "78", "shortfall": "32"}, place="大坞机耕路", campaign="我为群众办实事", target="完成1.8公里水泥路面浇注。",
        unit="农业农村办", assisting=("水利站", "财政所"),
        measures=(
            ("争取资金补足缺口", "32万元落实", D(2026, 5, 31), D(2026, 5, 18), "协调会议定"),
            ("完成路面浇注", "1.8公里全线完工", D(2026, 7, 25), D(2026, 7, 20), "全线完工"),
        ),
        progress=((D(2026, 5, 18), "panyongfu", "市里协调会当场议定解决32万元资金缺口。"), (D(2026, 7, 20), "panyongfu", "1.8公里水泥路面全线完工。")),
        milestones=(("settled", D(2026, 5, 18), "资金缺口在协调会上议定解决"), ("finished", D(2026, 7, 20), "1.8公里水泥路面已浇注完工")), closed=(D(2026, 7, 28), "full", "资金缺口解决，路面浇注完工"),
    ),
    6: Case(
        V1, "infrastructure", "村办公楼建设问题", "村办公楼为危房，新楼建设因资金和用地手续停滞。", D(2026, 2, 2), D(2026, 9, 30),
        details={"scale": "建筑面积620平方米", "total": "165", "shortfall": "20"}, target="新办公楼竣工并投入使用。", unit="村镇建设办", assisting=("自然资源所", "财政所"),
        measures=(
            ("补办用地和规划手续", "取得许可", D(2026, 4, 30), D(2026, 4, 26), "手续齐全"),
            ("主体工程施工", "主体结顶", D(2026, 7, 31), D(2026, 7, 25), "主体结顶"),
            ("竣工并搬入办公", "竣工验收并使用", D(2026, 9, 30), D(2026, 9, 28), "已搬入"),
        ),
        progress=((D(2026, 4, 26), "xugensheng", "用地和规划手续补办完成。"), (D(2026, 7, 25), "xugensheng", "办公楼主体结顶。"), (D(2026, 9, 28), "xugensheng", "办公楼竣工，村便民服务中心同步搬入。")),
        milestones=(("finished", D(2026, 9, 20), "村办公楼已竣工"), ("in_use", D(2026, 9, 28), "村办公楼已竣工并投入使用")), closed=(D(2026, 9, 30), "full", "办公楼竣工并投入使用"),
    ),
    7: Case(
        V2, "infrastructure", "老人公寓建设问题", "老人公寓建设因施工单位更换停工一年。", D(2026, 2, 3), D(2026, 10, 20),
        details={"scale": "床位48张", "total": "320", "shortfall": "0"}, campaign="我为群众办实事", target="老人公寓建成完工。", unit="民政办", assisting=("村镇建设办",),
        measures=(
            ("重新招标确定施工单位", "合同签订", D(2026, 4, 20), D(2026, 4, 18), "合同已签"),
            ("主体和装修施工", "装修完成", D(2026, 9, 20), D(2026, 9, 15), "装修完成"),
            ("完工交付", "五方验收", D(2026, 10, 15), D(2026, 10, 12), "完工"),
        ),
        progress=((D(2026, 4, 18), "hexiuying", "重新招标完成，合同已签。"), (D(2026, 6, 9), "hexiuying", "主体工程施工，镇长到现场督导。"), (D(2026, 9, 15), "hexiuying", "室内装修完成。"), (D(2026, 10, 12), "hexiuying", "老人公寓完工。")),
        milestones=(("finished", D(2026, 10, 12), "老人公寓已完工"),), closed=(D(2026, 10, 16), "full", "老人公寓建成完工"),
    ),
    8: Case(
        V2, "infrastructure", "老人公寓消防验收和水电接入", "老人公寓完工前，消防验收和水电接入手续尚未办理，影响投入使用。", D(2026, 8, 28), D(2026, 12, 15),
        details={"scale": "消防验收、水电增容", "total": "18", "shortfall": "6"}, source="visit", target="消防验收合格、水电接通。", unit="村镇建设办", assisting=("民政办",),
        accepted_on=D(2026, 9, 1),
        measures=(
            ("提交消防验收资料", "资料受理", D(2026, 10, 20), D(2026, 10, 19), "资料已受理"),
            ("完成水电接入", "水电接通", D(2026, 11, 25), None, ""),
        ),
        progress=((D(2026, 9, 18), "hexiuying", "已与供电、供水单位对接方案。"), (D(2026, 10, 19), "hexiuying", "消防验收资料已受理，待现场核验。")),
    ),
    9: Case(
        V3, "collective_economy", "村集体经济薄弱", "2025年村集体经济收入6.2万元，无稳定经营性收入。", D(2026, 2, 5), D(2026, 10, 31),
        details={"income_now": "6.2", "income_target": "10"}, target="年收入达到10万元以上。", unit="农业农村办",
        measures=(
            ("与龙潭村联建精品蔬菜基地", "基地投产", D(2026, 7, 31), D(2026, 7, 20), "120亩大棚投产"),
            ("规范山林承包合同", "合同全部重签", D(2026, 9, 30), D(2026, 9, 22), "7份合同重签"),
        ),
        progress=((D(2026, 4, 28), "panyongfu", "与龙潭村签订联建协议。"), (D(2026, 7, 20), "panyongfu", "120亩大棚投产。"), (D(2026, 10, 15), "panyongfu", "预计全年集体收入10.8万元。")),
        closed=(D(2026, 10, 20), "basic", "精品蔬菜基地投产，全年集体收入可达10万元以上"),
    ),
    10: Case(
        V2, "infrastructure", "外来务工人员公寓用地指标问题", "工业区外来务工人员多，公寓建设缺用地指标。", D(2026, 2, 3), D(2026, 6, 30),
        details={"scale": "用地12亩", "total": "0", "shortfall": "0"}, target="落实用地指标。", unit="自然资源所", assisting=("村镇建设办",),
        measures=(
            ("测算用地需求并上报", "报告上报", D(2026, 4, 20), D(2026, 4, 15), "已上报"),
            ("落实用地指标", "指标下达", D(2026, 6, 30), D(2026, 6, 26), "指标已下达"),
        ),
        progress=((D(2026, 5, 18), "hexiuying", "市里协调会当场议定单列用地指标。"), (D(2026, 6, 26), "hexiuying", "用地指标下达。")),
        milestones=(("settled", D(2026, 5, 18), "用地指标在协调会上议定解决"), ("other", D(2026, 6, 26), "用地指标已下达")), closed=(D(2026, 6, 30), "full", "用地指标已落实"),
    ),
    11: Case(
        V1, "organisation", "村两委班子战斗力不强", "班子成员沟通少、议事不规范，重点工作推进慢。", D(2026, 2, 2), D(2026, 10, 10),
        details={"matter_kind": "team"}, campaign="村级组织换届", target="议事规范、重点工作按期推进，班子测评满意率85%以上。",
        measures=(
            ("修订议事规则并坚持每月议事", "每月议事有记录", D(2026, 5, 31), D(2026, 5, 20), "规则已修订"),
            ("班子成员谈心谈话", "全员谈心", D(2026, 6, 30), D(2026, 6, 25), "谈心谈话完成"),
            ("重点工作亮晒", "每季公开进度", D(2026, 9, 30), D(2026, 9, 27), "公开三次"),
        ),
        progress=((D(2026, 5, 20), "xugensheng", "修订村级议事规则，设立书记议事日。"), (D(2026, 6, 25), "xugensheng", "班子成员谈心谈话完成。"), (D(2026, 9, 27), "xugensheng", "中期测评群众对班子评价好转。")),
        closed=(D(2026, 10, 8), "basic", "议事规则落实，班子配合明显好转"),
    ),
    12: Case(
        V2, "organisation", "收取厂房租金引发人身意外伤害纠纷", "村集体收取厂房租金时与村民发生争执，致一名村民意外受伤，双方就责任和赔偿未达成一致。", D(2026, 2, 3), D(2026, 11, 20),
        details={"matter_kind": "conflict"}, source="petition", source_event="镇平安办登记", severity="hard", target="双方签订调解协议并履行。", assisting=("平安办",),
        measures=(
            ("成立调解小组", "专人负责", D(2026, 6, 15), D(2026, 6, 8), "小组已成立"),
            ("签订调解协议", "双方签字", D(2026, 11, 10), None, ""),
            ("规范厂房租赁合同", "合同重签", D(2026, 11, 20), None, ""),
        ),
        progress=((D(2026, 6, 8), "hexiuying", "成立调解小组，双方同意调解。"), (D(2026, 8, 20), "hexiuying", "医疗费用由村集体先行垫付。"), (D(2026, 10, 10), "hexiuying", "双方就赔偿金额达成初步意见。")),
        degree=(D(2026, 10, 12), "preliminary", "双方就赔偿达成初步意见，待签协议"),
    ),
    13: Case(
        V3, "organisation", "村党支部副书记缺位", "原副书记4月15日辞职后岗位空缺，支部工作力量不足。", D(2026, 4, 16), D(2026, 11, 30),
        details={"matter_kind": "vacancy", "post": "村党支部副书记"}, source="visit", campaign="村级组织换届", target="选好配强副书记。", accepted_on=D(2026, 4, 20),
        measures=(
            ("考察培养副书记人选", "确定2名考察对象", D(2026, 10, 31), None, ""),
            ("按程序配齐副书记", "任职到位", D(2026, 11, 30), None, ""),
        ),
        progress=((D(2026, 6, 5), "zhao", "在年轻党员中摸底人选。"), (D(2026, 9, 28), "zhao", "初步确定考察范围。")),
    ),
    14: Case(
        V1, "organisation", "连续两年以上未发展党员", "支部2024年以来未发展党员，后备力量不足。", D(2026, 2, 2), None,
        details={"matter_kind": "members"}, deadline_kind="continuing", campaign="村级组织换届", target="每年有计划发展党员。",
        measures=(("制定并落实年度发展党员计划", "培养对象不少于3名", None, None, ""),),
        progress=((D(2026, 5, 20), "xugensheng", "制定三年发展党员计划，确定培养对象3名。"), (D(2026, 10, 20), "xugensheng", "3名入党申请人参加镇党校培训。")),
    ),
    15: Case(
        V1, "collective_economy", "闲置厂房盘活", "村集体厂房1800平方米闲置两年。", D(2026, 2, 2), D(2026, 8, 31),
        details={"income_now": "8.6", "income_target": "15", "idle_asset": "厂房1800平方米"}, campaign="创先争优", target="厂房整体出租。", unit="农业农村办", assisting=("财政所",),
        measures=(
            ("厂房修缮和评估", "具备出租条件", D(2026, 6, 15), D(2026, 6, 10), "修缮完成"),
            ("公开招租", "签订租赁合同", D(2026, 8, 15), D(2026, 8, 12), "合同已签"),
        ),
        progress=((D(2026, 6, 10), "xugensheng", "厂房修缮、评估完成。"), (D(2026, 8, 12), "xugensheng", "公开招租成交，年租金6.5万元。")),
        milestones=(("agreement_signed", D(2026, 8, 12), "厂房租赁合同已签订"),), closed=(D(2026, 8, 15), "full", "厂房整体出租，年租金6.5万元"),
    ),
    16: Case(
        V3, "infrastructure", "饮用水管网改造", "村内供水管网老化，夏季高处农户用水困难。", D(2026, 2, 5), D(2026, 8, 31),
        details={"scale": "管网6.2公里", "total": "96", "shortfall": "28"}, households=118, severity="hard", campaign="我为群众办实事", target="完成6.2公里管网改造。",
        unit="水利站", assisting=("农业农村办",),
        measures=(
            ("完成管网改造设计", "设计批复", D(2026, 7, 15), D(2026, 7, 12), "设计批复"),
            ("完成管网改造施工", "通水验收", D(2026, 10, 15), None, ""),
        ),
        progress=((D(2026, 7, 12), "panyongfu", "管网改造设计批复。"), (D(2026, 8, 19), "shuili", "重新核定工程量，资金缺口28万元。"), (D(2026, 9, 26), "panyongfu", "主管道开挖1.1公里，后因资金未到位放缓。")),
        extension=(D(2026, 8, 24), D(2026, 10, 15), "市级改造资金尚未到位，施工推迟"),
        instruction=(D(2026, 10, 16), "zhou", "群众用水等不得，水利站本月内拿出赶工方案。"),
    ),
    17: Case(
        V2, "legacy", "旧村改造安置房权证办理", "旧村改造安置房36户权证未办，户主落户、抵押受影响。", D(2026, 2, 3), D(2026, 6, 30),
        details={"began_year": 2016, "matter": "开发主体注销，资料不全"}, households=36, severity="hard", target="36户权证办结。", unit="自然资源所", assisting=("移民办",),
        measures=(("按补办路径受理权证", "36户全部受理", D(2026, 6, 28), None, ""),),
        progress=((D(2026, 6, 18), "hexiuying", "补办路径明确，开始受理。"), (D(2026, 6, 26), "hexiuying", "36户资料已受理，首批18户出证。"), (D(2026, 9, 25), "hexiuying", "已重新收集12户缺失资料。")),
        closed=(D(2026, 6, 30), "basic", "补办路径明确，36户全部受理"), relapse=(D(2026, 9, 5), D(2026, 11, 30), "12户资料被退回，权证办理中断，群众再次反映"),
    ),
    18: Case(
        V3, "land_acquisition", "变电站青苗补偿", "变电站建设占用农田的青苗补偿未兑付。", D(2026, 2, 5), D(2026, 7, 15),
        details={"land_mu": "9.4", "compensation": "3.8"}, households=14, target="青苗补偿兑付到户。", unit="自然资源所", assisting=("财政所",),
        measures=(
            ("核对占用面积和补偿标准", "14户确认", D(2026, 5, 20), D(2026, 5, 16), "14户确认"),
            ("青苗补偿兑付", "全部兑付", D(2026, 7, 10), D(2026, 7, 6), "全部兑付"),
        ),
        progress=((D(2026, 5, 16), "panyongfu", "占用面积和补偿标准经14户确认。"), (D(2026, 7, 6), "panyongfu", "青苗补偿已兑付到户。")),
        milestones=(("money_paid", D(2026, 7, 6), "青苗补偿款已兑付到户"),), closed=(D(2026, 7, 10), "full", "青苗补偿兑付到户"),
    ),
}  # fmt: skip

# village → causes, goals, submitted, returned (day, remark) or None, submitted again, approved
PLANS = {
    V1: ("班子议事不规范，历史遗留的宅基地、征地问题长期积压，集体资产闲置。", "遗留问题基本化解，办公楼建成使用，集体收入15万元以上，班子配合好转。", D(2026, 4, 6), None, None, D(2026, 4, 10)),
    V2: ("集体资产管理不规范引发矛盾，公共设施建设停滞，权证等问题久拖未决。", "矛盾纠纷妥善处理，老人公寓建成，集体收入10万元以上。", D(2026, 4, 8), None, None, D(2026, 4, 12)),
    V3: ("班子力量不足，便民服务跟不上，基础设施欠账多，集体收入低。", "征地款等遗留问题化解，机耕路、饮用水改造完成，集体收入10万元以上。", D(2026, 4, 7), (D(2026, 4, 9), "措施不具体，请逐项写明完成标准和时限"), D(2026, 4, 13), D(2026, 4, 15)),
}  # fmt: skip
