"""Places, units and people of the demo."""

from datetime import date

from accounts.roles import Role

COUNTY = {"name": "云川市", "party_committee": "中共云川市委"}
TOWNSHIP = "清溪镇"
OTHER_TOWNSHIP = "白石镇"
START = date(2025, 1, 1)

# name, model village, initials
VILLAGES = [
    ("石桥村", False, "SQC"),
    ("下塘村", False, "XTC"),
    ("东岭村", False, "DLC"),
    ("云溪村", True, "YXC"),
    ("前山村", True, "QSC"),
    ("龙潭村", True, "LTC"),
    ("官塘村", False, "GTC"),
    ("大樟村", False, "DZC"),
    ("上垟村", False, "SYC"),
    ("南坑村", False, "NKC"),
    ("金竹村", False, "JZC"),
    ("新宅村", False, "XZC"),
]
OTHER_VILLAGES = [("白石村", False, "BSC"), ("杨梅村", False, "YMC"), ("溪口村", True, "XKC"), ("下陈村", False, "XCC")]

STATIONS = [
    ("自然资源所", "宅基地审批、征地、不动产登记"),
    ("农业农村办", "农业、村集体经济、农村宅基地管理"),
    ("村镇建设办", "村镇规划、农房和公共建筑建设"),
    ("平安办", "矛盾纠纷排查化解"),
    ("财政所", "村级财务、项目资金"),
    ("综合执法队", "违法建设查处、现场秩序"),
    ("民政办", "养老服务、社会救助"),
    ("移民办", "移民政策处理"),
    ("水利站", "农村饮用水、水利工程"),
]
DEPARTMENTS = ["发改局", "自然资源和规划局", "交通运输局", "农业农村局", "滨江大道建设指挥部", "市移民办"]

# key, name, title, village or None, account or None, [(role, place, starts, ends)]
T, V1, V2, V3 = TOWNSHIP, "石桥村", "下塘村", "东岭村"
PEOPLE = [
    ("chen", "陈志远", "党委书记", None, "chenzhiyuan", [(Role.PARTY_SECRETARY, T, START, None), (Role.LINKED_LEADER, V1, date(2026, 3, 10), None)]),
    ("lin", "林海燕", "镇长", None, "linhaiyan", [(Role.TOWNSHIP_HEAD, T, START, None), (Role.LINKED_LEADER, V2, date(2026, 3, 10), None)]),
    ("zhou", "周建国", "党委副书记", None, "zhoujianguo", [(Role.DEPUTY_SECRETARY, T, START, None), (Role.LINKED_LEADER, V3, date(2026, 3, 10), None)]),
    ("wu", "吴晓敏", "组织委员", None, "wuxiaomin", [(Role.COMMISSIONER, T, START, None)]),
    ("shen", "沈佳宁", "党建办干事", None, "dangjianban", [(Role.OFFICE_CLERK, T, START, None)]),
    ("wangwei", "王伟", "驻村干部", None, "wangwei", [(Role.RESIDENT_CADRE, V1, date(2026, 3, 5), None)]),
    ("lina", "李娜", "驻村干部", None, "lina", [(Role.RESIDENT_CADRE, V2, date(2026, 3, 5), None)]),
    ("sun", "孙涛", "驻村干部", None, "suntao", [(Role.RESIDENT_CADRE, V3, date(2026, 3, 5), date(2026, 5, 31))]),
    ("zhao", "赵磊", "驻村干部", None, "zhaolei", [(Role.RESIDENT_CADRE, V3, date(2026, 6, 1), None)]),
    ("xugensheng", "徐根生", "村党支部书记", V1, "xugensheng", [(Role.VILLAGE_SECRETARY, V1, START, None)]),
    ("xujianping", "徐建平", "村委会主任", V1, None, [(Role.VILLAGE_HEAD, V1, START, None)]),
    ("hexiuying", "何秀英", "村党支部书记", V2, "hexiuying", [(Role.VILLAGE_SECRETARY, V2, START, None)]),
    ("heguoqiang", "何国强", "村委会主任", V2, None, [(Role.VILLAGE_HEAD, V2, START, None)]),
    ("panyongfu", "潘永福", "村党支部书记", V3, "panyongfu", [(Role.VILLAGE_SECRETARY, V3, START, None)]),
    ("panxiaoming", "潘小明", "村委会主任", V3, None, [(Role.VILLAGE_HEAD, V3, START, None)]),
    ("yeyongming", "叶永明", "村党支部书记", "官塘村", "yeyongming", [(Role.VILLAGE_SECRETARY, "官塘村", START, None)]),
    ("linguoping", "林国平", "村党支部书记", "大樟村", "linguoping", [(Role.VILLAGE_SECRETARY, "大樟村", START, None)]),
    ("chenaizhen", "陈爱珍", "村党支部书记", "上垟村", "chenaizhen", [(Role.VILLAGE_SECRETARY, "上垟村", START, None)]),
    ("panweidong", "潘卫东", "原村党支部副书记", V3, None, []),
    ("xuhaifeng", "徐海峰", "村党支部副书记", V1, None, []),
    ("heliming", "何黎明", "村党支部副书记", V2, None, []),
    ("hudeming", "胡德明", "云溪村党支部书记", "云溪村", None, []),
    ("zheng", "郑启华", "退休干部", None, None, []),
    ("ziran", "方晓东", "自然资源所所长", None, "ziranziyuan", [(Role.STATION, "自然资源所", START, None)]),
    ("shuili", "丁建军", "水利站站长", None, "shuilizhan", [(Role.STATION, "水利站", START, None)]),
    ("jianshe", "毛国庆", "村镇建设办主任", None, None, []),
    ("pingan", "叶丽萍", "平安办主任", None, None, []),
    ("nongye", "程立新", "农业农村办主任", None, None, []),
    ("caizheng", "金海波", "财政所所长", None, None, []),
]  # fmt: skip
COUNTY_PEOPLE = [
    ("fangmin", "方敏", "市委常委、组织部部长", None, []),
    ("xianji", "钱一鸣", "市委组织部组织科", "xianji", [(Role.COUNTY_READER, None, START, None)]),
]
OTHER_PEOPLE = [
    ("baishi_shuji", "邵国平", "党委书记", None, "baishishuji", [(Role.PARTY_SECRETARY, OTHER_TOWNSHIP, START, None)]),
    ("baishi_wei", "梁静", "组织委员", None, "liangjing", [(Role.COMMISSIONER, OTHER_TOWNSHIP, START, None)]),
    ("baishi_ban", "邱文斌", "党建办干事", None, "baishi", [(Role.OFFICE_CLERK, OTHER_TOWNSHIP, START, None)]),
    ("baishi_zhu", "卢晨", "驻村干部", None, "luchen", [(Role.RESIDENT_CADRE, "白石村", date(2026, 3, 5), None), (Role.RESIDENT_CADRE, "杨梅村", date(2026, 3, 5), None)]),
    ("baishi_cun", "白宝山", "村党支部书记", "白石村", "baibaoshan", [(Role.VILLAGE_SECRETARY, "白石村", START, None)]),
]  # fmt: skip

PASSWORD = "demo-Qingxi-2026"  # noqa: S105 - of invented people in an invented township; printed by demo_accounts
# account → what to try with it
SHOWN_ACCOUNTS = [
    ("xugensheng", "石桥村书记：用手机报进展、申请销号"),
    ("wangwei", "石桥村驻村干部：登记问题、核实销号"),
    ("linhaiyan", "包村领导（下塘村）：看进展、批示、走访"),
    ("dangjianban", "党建办经办：台账、会议、督查、起草总结"),
    ("wuxiaomin", "组织委员：审核、销号、延期审批"),
    ("chenzhiyuan", "党委书记：审定、签发和下载总结"),
    ("ziranziyuan", "自然资源所：答复协助事项"),
    ("xianji", "县级只读：看全市各乡镇"),
    ("admin", "系统管理员：账号和岗位，不看业务"),
    ("baishi", "白石镇党建办：看不到清溪镇"),
]

# post title, committee, [(cadre key, since, until, reason)]
POSTS = {
    V1: [
        ("党支部书记", "party", [("xugensheng", date(2021, 1, 10), None, "")]),
        ("党支部副书记", "party", [("xuhaifeng", date(2021, 1, 10), None, "")]),
        ("村委会主任", "villagers", [("xujianping", date(2021, 1, 20), None, "")]),
    ],
    V2: [
        ("党支部书记", "party", [("hexiuying", date(2021, 1, 10), None, "")]),
        ("党支部副书记", "party", [("heliming", date(2021, 1, 10), None, "")]),
        ("村委会主任", "villagers", [("heguoqiang", date(2021, 1, 20), None, "")]),
    ],
    V3: [
        ("党支部书记", "party", [("panyongfu", date(2021, 1, 10), None, "")]),
        ("党支部副书记", "party", [("panweidong", date(2021, 1, 10), date(2026, 4, 15), "辞职")]),
        ("村委会主任", "villagers", [("panxiaoming", date(2021, 1, 20), None, "")]),
    ],
}

# village → year → figures
YEARS = {
    V1: {
        2025: {"households": 412, "population": 1286, "members": 46, "members_60": 23, "members_under_35": 4, "members_away": 11, "applicants": 2, "enterprise_leaders": 0, "income": "8.6", "income_source": "土地流转、房屋出租"},
        2026: {"households": 414, "population": 1291, "members": 46, "members_60": 24, "members_under_35": 4, "members_away": 12, "applicants": 3, "enterprise_leaders": 4, "income": "15.3", "income_source": "盘活厂房租金、土地流转"},
    },
    V2: {
        2025: {"households": 468, "population": 1473, "members": 52, "members_60": 28, "members_under_35": 5, "members_away": 16, "applicants": 3, "enterprise_leaders": 0, "income": "7.4", "income_source": "厂房出租"},
        2026: {"households": 470, "population": 1480, "members": 52, "members_60": 29, "members_under_35": 5, "members_away": 17, "applicants": 4, "enterprise_leaders": 4, "income": "12.6", "income_source": "旅游观光分红、厂房出租"},
    },
    V3: {
        2025: {"households": 305, "population": 968, "members": 38, "members_60": 22, "members_under_35": 2, "members_away": 13, "applicants": 1, "enterprise_leaders": 0, "income": "6.2", "income_source": "山林承包"},
        2026: {"households": 305, "population": 971, "members": 38, "members_60": 23, "members_under_35": 2, "members_away": 14, "applicants": 1, "enterprise_leaders": 3, "income": "10.8", "income_source": "精品蔬菜基地、山林承包"},
    },
}  # fmt: skip

# village, path, industry, partners, since, result
PATHS = [
    (V1, "party_led", "闲置厂房盘活", [], date(2026, 4, 20), "村党支部领办合作社，闲置厂房整体出租"),
    (V2, "investment", "旅游观光", [], date(2026, 5, 8), "引入旅游公司，荷塘观光带对外营业"),
    (V3, "joint", "精品蔬菜", ["龙潭村"], date(2026, 4, 28), "与龙潭村联建大棚基地120亩"),
]
TRAININGS = [(V1, 2), (V2, 2), (V3, 2)]
