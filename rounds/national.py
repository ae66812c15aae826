"""Starting data of every round, in the portal's own short wording: the ten national types of weak and lax village Party organisations,
and what a survey usually asks.

Each round keeps its own copy (rounds.Criterion, Round.usual_questions), so that a later change here or there never rewrites an earlier list.
"""

NATIONAL_CRITERIA: tuple[str, ...] = (
    "班子配备不齐，书记长期缺职，工作基本停摆",
    "书记不胜任、不在状态，带不动班子和队伍",
    "班子战斗力不强，不团结、内耗严重",
    "组织生活不正常，制度形同虚设",
    "换届选举风气不正，拉票贿选问题突出",
    "宗族宗教势力或黑恶势力干扰村级事务",
    "村务财务不公开，民主管理混乱",
    "社会治安和矛盾纠纷、信访问题集中",
    "没有活动场所或场所长期闲置，工作无保障",
    "党组织服务能力弱，服务群众不到位，群众意见大",
)

USUAL_QUESTIONS: tuple[str, ...] = (
    "村党组织班子团结和带头作用",
    "村务、财务公开",
    "为群众办事和便民服务",
    "列出的突出问题得到解决",
)


def usual_questions() -> list[str]:
    return list(USUAL_QUESTIONS)
