package answer

import "testing"

// An or between options chooses neither, whatever the word for it.
func TestEitherIsNoChoice(t *testing.T) {
	many := interests()
	check(t, func(s string) Reading { return many.Many(s, 1, 0) }, map[string]string{
		"1或2": "!unclear", "1或者2": "!unclear", "1还是2": "!unclear", "1，还是2吧": "!unclear", "1要么2": "!unclear", "要么1要么2": "!unclear", "文献或者病例": "!unclear", "1、2二选一": "!unclear", "1 or 2": "!unclear",
		"1，要不2吧": "!unclear", "随便选一个": "!unclear", "1和2，或者3": "!unclear", "还是文献吧": "literature", "还是文献和病例": "literature,cases", "文献？": "!unclear", "1，2？": "!unclear"})
	check(t, func(s string) Reading { return many.Rank(s, 1, 0) }, map[string]string{"1或2，3": "!unclear", "1，还是2": "!unclear"})
	check(t, func(s string) Reading { return departments().One(s, true) }, map[string]string{"心内或肾内": "!unclear", "心内和肾内": "!ambiguous", "心内和骨科": "!unclear", "心内还是全科": "!ambiguous", "心内兼肾内": "!ambiguous", "神经外科": "!unclear", "肾外科": "!unclear"})
	check(t, func(s string) Reading { return shared.YesNo(s, [2]string{"是", "否"}) }, map[string]string{"是或者否": "!unclear", "可以还是不可以": "!unclear", "好，还是不了": "!unclear", "还是算了": "no"})
	check(t, func(s string) Reading { return shared.Consent(s, "同意", "不同意") }, map[string]string{"同意或不同意": "!unclear", "同意还是不同意": "!unclear"})
	num := func(s string) Reading { return shared.Number(s, NumberOptions{Unit: "位"}) }
	check(t, num, map[string]string{"35或45": "!unclear", "35还是45": "!unclear", "35要么45": "!unclear", "不是35就是45": "!unclear"})
	check(t, func(s string) Reading { return shared.Date(s, wednesday, DateOptions{Past: true}) }, map[string]string{"昨天或前天": "!unclear", "昨天，还是前天": "!unclear", "不是昨天就是前天": "!unclear"})
	check(t, func(s string) Reading { return shippedHospitals(t).Find(s, 5) }, map[string]string{"瑞金医院或者仁济医院": "!ambiguous", "瑞金医院还是协和": "!unclear", "浙一或浙二": "!unclear", "北京协和医院心内科或肾内科": "!unclear"})
}

// A correction is taken when both answers are clear, else asked or read back.
func TestCorrections(t *testing.T) {
	check(t, func(s string) Reading { return titles().One(s, true) }, map[string]string{
		"主任，不对，是副主任": "deputy", "不是主任而是副主任": "deputy", "我不是主任，是副主任": "deputy", "主任改成副主任": "deputy", "1不行，2吧": "deputy", "1，不要3": "chief",
		"不是1，就是2": "!unclear", "不是1，2": "!unclear", "1，不对，不是2": "!unclear", "1对不对，2": "!unclear", "是不是主任，是副主任": "!unclear", "不是主任吗，是副主任": "!unclear", "不是主任，不是副主任，是主治": "!unclear", "1和2不对，3": "!unclear", "不要1，2": "!unclear", "1，错了": "!unclear"})
	check(t, func(s string) Reading { return interests().Many(s, 1, 0) }, map[string]string{
		"1，不对，2": "cases", "1，2，3，不对，1，2，4": "literature,cases,meeting", "1，3，不对，2": "?cases", "1，2不对，3": "?video", "不是1，是2": "cases", "1，不要3": "literature", "1，不是3": "literature", "不要文献，但病例要": "cases",
		"1，不要3和4": "?literature", "文献、视频不要，病例要": "?cases", "不要1，2": "!unclear", "1，不要3，4": "!unclear", "1，3不要": "!unclear", "1，不要": "!unclear", "视频就算了": "!unclear", "文献就算了，视频也算了，会议": "!unclear", "1，不要3吗": "!unclear"})
	check(t, func(s string) Reading { return interests().Rank(s, 1, 0) }, map[string]string{"病例第二，文献第一": "literature,cases", "第二个病例，第一个文献": "!conflict", "文献第一，病例第一": "!conflict", "第一个、第三个、第二个": "literature,video,cases", "第二是1，第一是3": "video,literature"})
	date := func(s string) Reading { return shared.Date(s, wednesday, DateOptions{Past: true}) }
	check(t, date, map[string]string{"2月14，不对，15号": "2026-02-15", "1月14，不对，15号": "?2026-02-15", "2025年3月1号，不对，3月2号": "?2026-03-02", "昨天，不是前天": "2026-03-03", "昨晚1点": "!time", "昨晚12点": "!time", "昨晚10点多": "2026-03-03"})
	meet := DateOptions{Future: true, MinDays: 1, MaxDays: 60, Hours: [2]string{"08:00", "18:00"}}
	check(t, func(s string) Reading { return shared.DateTime(s, wednesday, meet) }, map[string]string{
		"周五可以，周四不行": "2026-03-06", "周四有手术，周五上午可以": "2026-03-06/am", "下周四不行，周五吧": "?2026-03-06", "周四下午不行，周五吧": "?2026-03-06", "下周三下午，不对，周四": "?2026-03-05", "周四不行，随时可以": "?any", "周四不行，周五": "!unclear",
		"周四不行，周五也不行": "!unclear", "周四不行吗，周五吧": "!unclear", "周三不行，周四可以": "!ambiguous", "周四周五不行，下周一可以": "!conflict", "周四门诊，下午可以": "!unclear", "周五3点多": "2026-03-06T15:00", "都行，周五吧": "!unclear"})
	check(t, func(s string) Reading { return shared.Phone(s, false) }, map[string]string{"13800138000，不对，13912345678": "13912345678", "不是13800138000就是13912345678": "!unclear", "13800138000，下午别打": "!unclear", "13800138000，周末联系": "13800138000", "13800138000，我老婆的": "!unclear"})
	check(t, func(s string) Reading { return shippedHospitals(t).Find(s, 5) }, map[string]string{"湘雅，不对，湘雅二院": "cs_xiangya2", "不是湘雅": "!unclear", "以前在瑞金，现在不在了": "!unclear"})
}

// Greetings, thanks and small pictures change nothing; a no with a sign that is a yes alone is asked.
func TestFringe(t *testing.T) {
	check(t, func(s string) Reading { return titles().One(s, true) }, map[string]string{"你好，主任[玫瑰]": "chief", "选1，谢谢您🙏🙏": "chief", "3[捂脸]": "!unclear", "您好": "!unclear", "👍": "!unclear", "不👍": "!unclear"})
	check(t, func(s string) Reading { return shared.YesNo(s, [2]string{"是", "否"}) }, map[string]string{"您好，可以": "yes", "好👌谢谢": "yes", "不用了🙏": "no", "不用了👍": "!unclear", "👍👎": "!unclear", "你好吗": "!unclear", "要得不": "!unclear", "要得？": "!unclear", "不是木有": "!unclear"})
	check(t, func(s string) Reading { return shared.Consent(s, "同意", "不同意") }, map[string]string{"同意🙏": "agree", "您好，同意": "agree", "不同意👍": "!unclear", "收到": "!unclear", "先同意": "!unclear", "暂时不同意": "refuse"})
	check(t, func(s string) Reading { return shared.YesNo(s, [2]string{"用过", "没用过"}) }, map[string]string{"用过一点": "yes", "一直没用过": "no", "知道，没用过": "no", "没用过几次": "!unclear", "用过几次吗": "!unclear", "从来没没用过": "!unclear", "同事，没用过": "!unclear", "用过一次就停了": "!unclear"})
	check(t, shared.Name, map[string]string{"hello，王建国": "王建国", "王建国👍": "王建国", "早上好": "!unclear", "收到": "!unclear", "辛苦了": "!unclear"})
}

// A unit may hold its period; then only that period may be said.
func TestPeriodOfUnit(t *testing.T) {
	month := func(s string) Reading { return shared.Number(s, NumberOptions{Unit: "位/月", Count: true}) }
	check(t, month, map[string]string{"每月大概120人": "120", "月均80个": "80", "80/月": "80", "30个/月": "30", "大概每月120": "120", "35": "35", "没有": "0", "每周30": "!unit", "一天20个": "!unclear", "80/周": "!unclear", "每月三四十": "!unclear", "每月": "!unclear", "每月30多": "?30", "三月30": "!unclear"})
	if rd := month("120"); rd.Label != "120位/月" {
		t.Errorf("read back as %s", rd.Label)
	}
	check(t, func(s string) Reading { return shared.Number(s, NumberOptions{Unit: "位"}) }, map[string]string{"每月30": "!unit", "30/月": "!unclear"})
}

// A range that is the one of a label is that label, in the unit of the label only.
func TestTypedRange(t *testing.T) {
	bands := shared.Choices([]Option{{Code: "few", Label: "10位以下"}, {Code: "mid", Label: "10-30位"}, {Code: "lots", Label: "100位以上"}})
	check(t, func(s string) Reading { return bands.One(s, true) }, map[string]string{"10~30": "mid", "十到三十": "mid", "10-30人": "mid", "大概10到30吧": "mid", "100以上": "lots", "10以下": "few", "10-20": "!unclear", "不是10到30": "!unclear", "每天10到30": "!unclear", "10-30岁": "?mid", "30以上": "!unclear"})
}

// The place before another name, the department behind a name.
func TestPlacesAndWards(t *testing.T) {
	ix := shippedHospitals(t)
	check(t, func(s string) Reading { return ix.Find(s, 5) }, map[string]string{"福州协和": "fj_union", "杭州协和": "!unclear", "深圳湘雅": "!unclear", "广州中山医院": "?sh_zhongshan", "成都市华西医院": "cd_huaxi", "武汉协和医院骨科": "wh_union", "北京协和医院东院": "?pumch",
		"北京协和医院旁边社区儿科": "?pumch", "浙江华西医院": "?cd_huaxi", "湘雅": "cs_xiangya", "协和": "!ambiguous"})
	towns := shared.NewIndex([]Entry{{ID: "ruijin", Label: "上海交通大学医学院附属瑞金医院", Aka: []string{"瑞金"}}, {ID: "town", Label: "瑞金市人民医院"}})
	check(t, func(s string) Reading { return towns.Find(s, 5) }, map[string]string{"瑞金": "!ambiguous"})
}
