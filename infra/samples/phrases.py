"""What is said day by day at Qinglan Instruments, from which the routine of the sample is put together."""

STANDUP = {
    "priya": (
        "Register list for the P7 is with sales, waiting. Today: review of Leo's low power branch.",
        "Review done, two remarks on the wake-up path. Today: Modbus map, first half.",
        "Modbus map is through. Today: interviews in the morning, release notes in the afternoon.",
        "Release notes drafted. Today: reading the watchdog code once more, it looks too clever.",
        "Planned the three weeks of test with Ruan. Today: test rig in lab 2.",
        "Test rig runs, one channel is noisy. Today: find out which cable it is.",
        "It was the cable nobody looked at. Today: calibration tables.",
        "Calibration tables match the data sheet now. Today: mentoring hour, then tickets.",
        "Eleven tickets closed. Today: budget for the new debugger licences.",
        "Licences are ordered. Today: temperature compensation, the part below -20 °C.",
        "Below -20 °C the polynomial bends the wrong way. Today: one more term.",
        "One more term it is. Today: incident follow-up, the checklist for timer changes.",
        "Checklist is in the wiki. Today: unpacking boxes until lunch.",
        "Benches stand again. Today: final review for the launch.",
        "Nothing left to review. Today: thank-you notes.",
        "Launch week! Today: watching the counters and pretending to work.",
    ),
    "leo": (
        "Low power mode: sleeps, but doesn't always wake. Today: make it wake.",
        "It wakes. Once in 4,000 times it doesn't. Today: the one time.",
        "Found it, a race between two interrupts. Today: a test that fails without the fix.",
        "The test fails without the fix and passes with it. Today: clean up, then review.",
        "Merged. Today: bootloader, the update over Modbus is slow.",
        "Update is 3.1 times faster with larger frames. Today: what happens if somebody pulls the plug.",
        "Pulled the plug forty times, forty recoveries. Today: write it down.",
        "Documented. Today: the display shows 0.0 for one second after start, known since 2023.",
        "Display shows dashes until there is a value. Today: long run overnight.",
        "Long run clean. Today: helping hardware with the new flash chip.",
        "Flash chip erases in 40 ms instead of 90. Today: use that in the bootloader.",
        "Four-hour long run is part of the pipeline now, as promised. Today: make it report by itself.",
        "It reports by itself. Today: carrying boxes, see you on the other side.",
        "Found my debugger in the box marked 'plants'. Today: release branch.",
        "Release branch is closed. Today: reading, for once.",
        "No incident, three days in a row. Today: touching wood.",
    ),
    "hanxue": (
        "昨天把开发环境装好了。今天：跟着 Leo 看启动流程。",
        "看懂了一半启动流程 😅 今天：另一半。",
        "Wrote my first unit test, it found my own bug. Today: fix it.",
        "修好了，合并了，第一次！今天：学写测试记录。",
        "Measured the noise on channel 3 with Priya. Today: plot it.",
        "画好图了，发给了硬件。今天：温度箱排队，轮到我就测 -20 °C。",
        "温度箱测完，数据在共享盘。今天：整理成表。",
        "Today: reading the Modbus specification. It is shorter than I feared.",
        "昨天写了一个解析器，Leo 说比他的短。今天：测试边界。",
        "Boundary tests done, one real bug in the old parser! Today: report it properly.",
        "发布周！今天：把实习周报补上。",
        "周报写完了，六页。今天：开始看下一代的自检程序。",
    ),
}

SHIFT = (
    "早班交接：产出 {made} 台，良率 {rate}%，{issue}。",
    "中班交接：计划 {plan}，实际 {made}，{issue}。工装都在原位。",
    "交班：{made} 台下线，返修 {repaired} 台，{issue}。",
    "今天 {made} 台，良率 {rate}%。{issue}，其他正常。",
)
SHIFT_ISSUES = (
    "贴片机换了一次吸嘴",
    "三号工位扭矩枪校准过了",
    "标签纸只够明天上午",
    "老化房 2 号温度偏高 1.5 度，已报修",
    "外壳来料有划痕 6 件，已隔离",
    "点胶量偏少，调了 0.2 bar",
    "没有异常",
    "夜里停电 4 分钟，设备自检正常",
    "新来的夹具好用，节拍快了 8 秒",
    "螺丝料盒补满了",
)

INSPECTION = (
    "今日抽检 {n} 台，不合格 {bad} 台：{cause}。",
    "出货检验 {n} 台，全部合格。",
    "来料检验 {n} 批，退 {bad} 批，{cause}。",
    "抽检 {n} 台，零点漂移最大 0.0{drift}%，规格 0.08%。",
)
CAUSES = ("丝印模糊", "接头松动", "密封圈毛边", "标签位置偏", "外壳色差", "零点超差")

RECEIVING = (
    "{part} received, {n} pieces from {vendor}, counted and put away.",
    "今日到货：{part} {n} 件，{vendor}，已入库。",
    "{vendor}：{part} 到了 {n} 件，少 {short} 件，已联系补发。",
    "明天上午 {vendor} 送 {part}，请留一个卸货位。",
)
GOODS = (
    ("O 型圈 12×1.5", "德润密封"),
    ("压力芯体 PX-2", "锐芯"),
    ("M12 插头", "Amphora Connect"),
    ("PCB P5 rev D", "华锐电路"),
    ("不锈钢接头 G1/4", "永兴五金"),
    ("铭牌", "精印"),
    ("电源模块 24 V", "Stromwerk"),
    ("纸箱 3 号", "嘉禾包装"),
)

SALES = (
    ("zhou", "{customer} 询价 P5，{n} 台，下周二前要报价。"),
    ("zhou", "{customer}：合同回来了，{n} 台，账期 60 天，@clara 请看一眼。"),
    ("tom", "Visited {customer} today: {n} pieces of the P5 this quarter are realistic, if delivery is under four weeks."),
    ("tom", "{customer} asks for a calibration certificate with each sensor. Do we charge for that?"),
    ("clara", "{customer} signed. {n} pieces, well done!"),
    ("clara", "Please enter {customer} with the right number of pieces ({n}), the pipeline shows ten times as many."),
    ("ines", "The case study with {customer} is online, they approved it in the first round."),
    ("ines", "{customer} wants a photo of the sensor in the pipe, not beside it. Fair point."),
    ("zhou", "{customer} 说上次 {n} 台用得很好，想介绍我们给他们的兄弟厂。"),
)
CUSTOMERS = (
    "Nordhafen",
    "天合水务",
    "Alpina Dairy",
    "滨江热力",
    "Fjordlys",
    "苏南泵业",
    "Hansekai",
    "江海化工",
    "Meierwerk",
    "远山酒业",
)

LUNCH = (
    ("今天吃什么？", ("面！", "食堂有红烧肉", "昨天就是面", "跟着大熊走准没错", "我带饭了")),
    ("12 点整，楼下集合？", ("好", "12:05，开会拖堂", "+1", "等我下", "OK!")),
    ("Noodles or rice?", ("Noodles.", "饭", "yes", "whatever has chili", "面，多放醋")),
    ("外面下雨，点外卖吧，满 60 减 15。", ("拼！", "我要酸菜鱼", "两份米饭", "同上", "不要香菜，谢谢")),
    ("谁有多的饭卡，我的没钱了 😭", ("我这张给你", "下次别借给小秦 😂", "财务在二楼", "我请你", "充值机好了")),
    ("Dumplings on Fridays, as the law demands.", ("Law is law.", "韭菜的", "no leek please", "醋！", "🥟🥟🥟")),
    ("新开的湘菜馆有人试过吗？", ("辣，真辣", "双倍辣", "I cried. Recommended.", "周三去？", "算我一个")),
    ("今天食堂的鱼不错", ("看到了，排队 20 分钟", "已吃", "还有吗？", "没了", "……")),
)

TICKETS = (
    ("{customer}: 传感器读数偏高约 0.4%，已用 14 个月。", "xin", "请客户做一次零点校准，说明书第 22 页。", "校准后正常，关闭。"),
    (
        "{customer}: display stays dark after a power cut.",
        "karl",
        "Fuse F2 on the terminal board. Spare ones are in the box.",
        "Fuse replaced, works. Closed.",
    ),
    (
        "{customer}: Modbus timeout every few minutes.",
        "karl",
        "Two devices have the address 17 on that line.",
        "One is 18 now. Closed.",
    ),
    ("{customer}: 接头漏液，很少量。", "mo", "密封圈装反了，发一套新的，顺丰今天到。", "换好了，不漏了。"),
    (
        "{customer}: asks for the calibration certificate of 2023.",
        "xin",
        "Found in the archive, sent.",
        "Customer confirms. Closed.",
    ),
    ("{customer}: 4–20 mA 输出跳动。", "mo", "屏蔽层两端都接地了，断开一端。", "好了，跳动消失。"),
    ("{customer}: 想把量程从 10 bar 改成 16 bar。", "xin", "P5 可以改，发了设置步骤。", "改成功了。"),
    (
        "{customer}: one of {n} sensors shows -1.0 all the time.",
        "karl",
        "Serial number please? That batch had a loose plug.",
        "Plug was loose. Closed.",
    ),
    ("{customer}: 说明书的二维码打不开。", "xin", "网址换过，新的已经发给客户，也告诉了 Inês。", "可以打开，关闭。"),
    (
        "{customer}: vibration alarm whenever the pump starts.",
        "mo",
        "Set the damping to 2 s, the factory value is 0.2 s.",
        "No alarm since. Closed.",
    ),
    ("{customer}: 需要防爆证书副本。", "xin", "已发扫描件，原件寄出。", "收到。"),
    (
        "{customer}: delivery contained {n} instead of the ordered sensors.",
        "mo",
        "Counted twice in the warehouse, two boxes went separately.",
        "Second box arrived. Closed.",
    ),
    (
        "{customer}: 夜间数据缺失两小时。",
        "karl",
        "Their gateway restarts at 02:00, buffer switched on now.",
        "数据完整了，关闭。",
    ),
    ("{customer}: 安装位置太热，85 °C。", "mo", "建议加 20 cm 引压管，报价已发。", "客户同意，转销售。"),
)

ANSWERS = (
    "收到，谢谢。",
    "好，明天我看一下。",
    "辛苦了！",
    "返修的原因写进日报。",
    "计划不变。",
    "不错，继续保持。",
    "这个问题上周也有，查一下根因。",
)

HELP = (
    ("mei", "打印机显示“请求支援”，是我的错觉吗？", "ling", "不是，重启后它会说“已就绪”。", "真的好了，谢谢！"),
    (
        "dora",
        "The VPN drops every day at 15:00 sharp.",
        "tobias",
        "That's 21:00 in Suzhou: the nightly backup takes the line. Moved to midnight.",
        "Stable since yesterday, danke!",
    ),
    ("xin", "客服系统登录不上，密码没改过。", "ling", "证书昨晚过期，刚换好，再试。", "可以了 👍"),
    ("zhou", "手机收不到公司邮件。", "ling", "系统升级后要重新同意一次条款，设置里点一下。", "原来如此"),
    (
        "leo",
        "Can I get a second monitor? I alt-tab 900 times a day.",
        "tobias",
        "On your desk by Thursday. Please count again then.",
        "It's 120 now. Thank you!",
    ),
    ("bao", "检验记录的表格只读了，填不了。", "ling", "有人在办公室用电脑打开着没关，已经踢掉。", "谁啊 😅"),
    (
        "ines",
        "The shared drive says I have 0 bytes left.",
        "tobias",
        "You have 214 GB of photos of one sensor.",
        "They are all slightly different! Fine, archived.",
    ),
    ("fang", "扫码枪扫出来是乱码。", "ling", "键盘布局变成德文了，扫一下说明书第 3 页的条码。", "好了，神奇"),
    ("pan", "CAD 许可证又满了。", "ling", "有 4 个人午休没退出，加了 20 分钟自动释放。", "谢谢波哥"),
    (
        "karl",
        "On the road: hotel network blocks our tunnel.",
        "tobias",
        "Use port 443, profile 'hotel' in the client.",
        "Works. The coffee doesn't, but that's out of your hands.",
    ),
    ("mei", "收到一封“总经理”要买礼品卡的邮件。", "ling", "钓鱼，别点！已经拦了，谢谢报告。", "吓一跳"),
    (
        "dora",
        "How do I book the big meeting room for the visit on the 24th?",
        "tobias",
        "Same calendar, resource 'Suzhou 6F-A'. Done for you this time.",
        "Du bist ein Schatz.",
    ),
    ("xin", "耳机一边没声音。", "ling", "换一副，来我座位拿，左边抽屉。", "拿到了！"),
    ("zhou", "出差报销系统一直转圈。", "ling", "缓存问题，Ctrl+F5。", "OK"),
    (
        "leo",
        "The license server for the debugger is unreachable.",
        "ling",
        "It moved with us on Saturday, new address is in the wiki.",
        "Found, thanks.",
    ),
    ("bao", "新办公室三楼无线很弱。", "ling", "下午加一个接入点。", "满格了"),
    (
        "ines",
        "Where did the video screen go?",
        "tobias",
        "Hamburg wall, right side. It arrives Friday.",
        "I can wait that long. Barely.",
    ),
    ("fang", "一线的看板电脑时间慢了 6 分钟。", "ling", "换了时间服务器，已同步。", "准了"),
)

BUILDS = (
    "main #{number} passed in {minutes} min {seconds} s.",
    "main #{number} passed in {minutes} min {seconds} s, 2 warnings.",
    "main #{number} failed: test_wakeup_after_silence.",
    "p7-2.4 #{number} passed in {minutes} min {seconds} s.",
)
ALERTS = (
    "store-01: disk {percent} % full.",
    "vpn-hh: no answer for {seconds} s, back now.",
    "backup of the night finished, {percent} % of yesterday's time.",
    "ups-02: battery test passed.",
)
CHEERS = ("👍", "👍", "👍", "✅", "👏", "😂", "❤️", "🎉", "👀", "🙏")
