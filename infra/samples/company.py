"""The sample company: Qinglan Instruments 青岚仪器, makers of pressure sensors in Suzhou and Hamburg."""

from typing import Literal, NamedTuple

from infra.samples.times import DAWN, at

FOUNDED, FIRST_DAY, LAST_DAY = "2025-02-24", "2025-03-03", "2025-04-25"
"""Since when the platform knows the company, and the first and last day on which everybody talks there."""


class Someone(NamedTuple):
    """A person of the sample, with the department that they belong to first."""

    key: str
    name: str
    title: str
    department: str
    since: str = FOUNDED
    until: str | None = None
    successor: str | None = None

    @property
    def begins(self) -> int:
        """When they come, in microseconds."""
        return at(self.since, "07:00" if self.since == FOUNDED else DAWN)


class Unit(NamedTuple):
    """A department, below another or at the top; those who lead it."""

    key: str
    name: str
    parent: str | None
    leaders: tuple[str, ...]


class Room(NamedTuple):
    """A channel. A department's has no list of its own, a direct one only its two people."""

    key: str
    kind: str
    name: str
    opened: str
    by: str
    members: tuple[str, ...] = ()
    private: bool = False
    department: str | None = None
    topic: str = ""


UNITS = (
    Unit("all", "青岚仪器 Qinglan Instruments", None, ("shen",)),
    Unit("supply", "供应链 Supply Chain", "all", ("wei",)),
    Unit("production", "生产 Production", "all", ("guo",)),
    Unit("line1", "装配一线 Assembly Line 1", "production", ("fang",)),
    Unit("research", "研发 Research and Development", "all", ("anders",)),
    Unit("firmware", "固件 Firmware", "research", ("priya",)),
    Unit("hardware", "硬件 Hardware", "research", ("jiang",)),
    Unit("mechanics", "结构 Mechanics", "research", ("pan",)),
    Unit("sales", "销售 Sales", "all", ("clara",)),
    Unit("service", "客户服务 Customer Service", "sales", ("mo",)),
    Unit("quality", "质量 Quality", "all", ("ruan",)),
    Unit("office", "行政人事 People and Office", "all", ("hua",)),
    Unit("it", "信息技术 IT", "all", ("tobias",)),
)

PEOPLE = (
    Someone("shen", "沈云帆", "总经理 Managing Director", "all"),
    Someone("wei", "魏建国", "供应链经理", "supply"),
    Someone("ben", "Ben Oduya", "Strategic Buyer", "supply"),
    Someone("mei", "梅晓燕", "采购员", "supply"),
    Someone("rosa", "Rosa Lindqvist", "Logistics Planner", "supply", since="2025-04-07"),
    Someone("guo", "郭永强", "生产经理", "production"),
    Someone("fang", "方丽", "一线班长", "line1"),
    Someone("daxiong", "熊大伟", "装配技师", "line1"),
    Someone("qin", "秦雨", "装配技师", "line1"),
    Someone("nana", "李娜", "计划员", "production", until="2025-03-31", successor="guo"),
    Someone("anders", "Anders Holm", "Head of R&D", "research"),
    Someone("priya", "Priya Raman", "Firmware Lead", "firmware"),
    Someone("leo", "Leo Brandt", "Firmware Engineer", "firmware"),
    Someone("hanxue", "韩雪", "固件实习生 Firmware Intern", "firmware", since="2025-03-17"),
    Someone("jiang", "蒋涛", "硬件主管", "hardware"),
    Someone("yuki", "Yuki Tanabe", "Hardware Engineer", "hardware"),
    Someone("pan", "潘婷", "结构工程师", "mechanics"),
    Someone("clara", "Clara Voss", "Head of Sales", "sales"),
    Someone("tom", "Tom Becker", "Key Account Manager", "sales"),
    Someone("zhou", "周敏", "华东区销售", "sales"),
    Someone("ines", "Inês Duarte", "Product Marketing", "sales"),
    Someone("mo", "莫凡", "客服主管", "service"),
    Someone("karl", "Karl Petersen", "Field Service Engineer, Hamburg", "service"),
    Someone("xin", "辛迪 Cindy Xin", "客服专员", "service"),
    Someone("ruan", "阮清", "质量经理", "quality"),
    Someone("bao", "包志明", "检验员", "quality"),
    Someone("hua", "华梅", "人事行政经理", "office"),
    Someone("dora", "Dora Winkler", "Office Manager, Hamburg", "office"),
    Someone("tobias", "Tobias Krämer", "IT Lead", "it"),
    Someone("ling", "凌波", "系统管理员", "it"),
)

PROGRAMS = (
    ("buildbot", "Build", "2025-03-03"),
    ("monitor", "Monitor", "2025-03-03"),
)

PLACED_TOO = (
    ("tom", "service", "2025-03-27"),
    ("pan", "hardware", "2025-04-07"),
    ("fang", "quality", "2025-04-14"),
    ("tobias", "office", "2025-04-14"),
    ("ling", "office", "2025-04-14"),
)
"""Further departments, from a day on."""

NEW_FIRST = (("tom", "service"), ("pan", "hardware"))
"""Those of them that become the first one."""
LEFT_DEPARTMENT = (("tom", "sales", "2025-03-27"), ("pan", "mechanics", "2025-04-07"))


def names(written: str) -> tuple[str, ...]:
    """Several people's keys."""
    return tuple(written.split())


ROOMS = (
    Room("all", "department", "全员 Everyone", "2025-03-03", "shen", department="all", topic="公司公告 Company news"),
    Room("supply", "department", "供应链", "2025-03-03", "wei", department="supply", topic="订单、物流、供应商"),
    Room("production", "department", "生产", "2025-03-03", "guo", department="production", topic="排产与交接班"),
    Room("research", "department", "R&D", "2025-03-03", "anders", department="research"),
    Room("firmware", "department", "firmware", "2025-03-03", "priya", department="firmware", topic="standup at 9:30"),
    Room("sales", "department", "sales", "2025-03-03", "clara", department="sales", topic="Pipeline and offers"),
    Room(
        "service", "department", "客服 service", "2025-03-03", "mo", department="service", topic="一单一帖 One ticket, one thread"
    ),
    Room("quality", "department", "质量", "2025-03-03", "ruan", department="quality"),
    Room("it", "department", "IT", FOUNDED, "tobias", department="it"),
    Room(
        "help",
        "group",
        "it-help",
        "2025-03-03",
        "tobias",
        names("tobias ling dora mei xin zhou leo bao ines fang pan karl"),
        topic="先重启，再提问 Restart first, then ask",
    ),
    Room("lunch", "group", "午饭 lunch", "2025-03-03", "xin", names("xin mei pan zhou yuki leo daxiong qin bao ling")),
    Room(
        "hongfeng",
        "group",
        "宏丰延期",
        "2025-03-06",
        "wei",
        names("wei ben mei guo jiang"),
        private=True,
        topic="CN-218 连接器交期",
    ),
    Room(
        "p7",
        "group",
        "p7-launch",
        "2025-03-10",
        "ines",
        names("ines clara anders priya jiang ruan tom guo zhou"),
        topic="P7 pressure sensor: launch on 22 April",
    ),
    Room(
        "move",
        "group",
        "搬家 office-move",
        "2025-03-17",
        "hua",
        names("hua dora tobias ling guo anders mei xin"),
        topic="4 月 12 日搬到湖东路 18 号",
    ),
    Room(
        "budget",
        "group",
        "预算 2025",
        "2025-03-05",
        "shen",
        names("shen wei guo anders clara tom hua"),
        private=True,
        topic="Confidential 保密",
    ),
    Room(
        "incident",
        "group",
        "incident-0409",
        "2025-04-09",
        "priya",
        names("priya leo karl mo ruan anders"),
        topic="P5 sensors restart at Nordhafen",
    ),
    Room(
        "schedule",
        "group",
        "排产表",
        "2025-03-03",
        "nana",
        names("nana guo fang qin daxiong"),
        topic="每周四定稿 Final on Thursdays",
    ),
    Room(
        "delivery",
        "group",
        "宏丰交货 Hongfeng deliveries",
        "2025-04-14",
        "wei",
        names("wei ben mei rosa"),
        private=True,
        topic="宏丰可见：只写日期和数量 Read by Hongfeng: dates and quantities only",
    ),
    Room(
        "nordhafen",
        "group",
        "Nordhafen 2.3.2",
        "2025-04-11",
        "mo",
        names("mo karl leo clara"),
        private=True,
        topic="With the customer: the update of 212 sensors",
    ),
    Room("builds", "group", "builds", "2025-03-03", "priya", names("priya leo jiang")),
    Room("wei-ben", "direct", "", "2025-03-04", "wei", names("wei ben")),
    Room("priya-leo", "direct", "", "2025-03-11", "priya", names("priya leo")),
    Room("hua-nana", "direct", "", "2025-03-19", "hua", names("hua nana")),
    Room("clara-tom", "direct", "", "2025-03-20", "clara", names("clara tom")),
)

JOINED_LATER = (
    ("lunch", "hanxue", "xin", "2025-03-18", "11:00"),
    ("hongfeng", "ruan", "wei", "2025-03-19", "09:40"),
    ("lunch", "rosa", "mei", "2025-04-07", "11:10"),
    ("p7", "mo", "ines", "2025-03-28", "10:05"),
    ("incident", "clara", "priya", "2025-04-11", "15:00"),
)
"""Channel, who, by whom, when."""
TAKEN_OUT = (("budget", "tom", "shen", "2025-03-27", "09:00"),)
CLOSED = (("move", "hua", "2025-04-18", "17:00"), ("hongfeng", "wei", "2025-04-01", "17:30"))
ANNOUNCING = (("all", "shen", "2025-04-21", "09:00"),)
"""Where, by whom and since when only those who keep the channel say something new."""
ADMINISTRATORS = (("shen", None), ("tobias", None), ("hua", "office"), ("wei", "supply"), ("clara", "sales"))
"""Who administers which department, or with None the whole organisation."""
SWITCHES: tuple[tuple[str, Literal["on", "pilot"], str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("messaging", "pilot", "tobias", FOUNDED, ("it", "firmware"), ("shen",)),
    ("messaging", "on", "shen", FIRST_DAY, (), ()),
)
"""Module, for whom it is there, by whom, since when; of a pilot, the departments and people who have it."""
