package answer

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

var shared = func() *Reader {
	r, err := New()
	if err != nil {
		panic(err)
	}
	return r
}()

// wednesday is the day of the examples.
var wednesday = time.Date(2026, 3, 4, 10, 0, 0, 0, time.FixedZone("", 8*3600))

func titles() *Choices {
	return shared.Choices([]Option{{Code: "chief", Label: "主任医师"}, {Code: "deputy", Label: "副主任医师"}, {Code: "attending", Label: "主治医师"}, {Code: "resident", Label: "住院医师"}, {Code: "other", Label: "其他"}})
}

func interests() *Choices {
	return shared.Choices([]Option{
		{Code: "literature", Label: "文献解读", Aka: []string{"文献", "论文"}}, {Code: "cases", Label: "典型病例", Aka: []string{"病例"}},
		{Code: "video", Label: "手术与讲课视频", Aka: []string{"视频"}}, {Code: "meeting", Label: "学术会议", Aka: []string{"会议"}},
		{Code: "price", Label: "当地执行价格", Aka: []string{"价格", "价钱"}}, {Code: "none", Label: "都不需要", Only: true, Aka: []string{"没有", "都不要"}}})
}

func departments() *Choices {
	return shared.Choices([]Option{{Code: "cardiology", Label: "心血管内科", Aka: []string{"心内科", "心内"}}, {Code: "nephrology", Label: "肾内科", Aka: []string{"肾病科"}},
		{Code: "endocrinology", Label: "内分泌科", Aka: []string{"内分泌"}}, {Code: "neurology", Label: "神经内科", Aka: []string{"神内"}}, {Code: "general", Label: "全科医学科", Aka: []string{"全科"}}, {Code: "other", Label: "其他科室", Text: true}})
}

// short writes a reading as "code how" or "!status".
func short(rd Reading) string {
	switch rd.Status {
	case OK:
		return rd.Value.Str()
	case Offer:
		return "?" + rd.Value.Str()
	default:
		return "!" + string(rd.Status)
	}
}

func check(t *testing.T, read func(string) Reading, want map[string]string) {
	t.Helper()
	for text, w := range want {
		if got := short(read(text)); got != w {
			t.Errorf("%q: %s, want %s (%+v)", text, got, w, read(text))
		}
	}
}

// Section 5.1: one normaliser.
func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{"１": "1", "①": "1", "ＯＫ": "ok", "（Ａ）": "a", "　好　": "好", "1️⃣": "1", "①③": "1 3", "1️⃣3️⃣": "1 3", "❷": "2", "🔟": "10", "“是的。”": "是的",
		"週五": "周五", "3號": "3号", "兩": "两", "[强]": "[强]", "[强]。": "[强]", "（[OK]）": "[ok]", "[OK]": "[ok]", "?": "?", "-5": "-5", "- 5": "5", "👍🏻": "👍", "a\u200bb": "a b"[:1] + "b", "主任醫師。": "主任医师", "\t1\n2 ": "1 2", "": "", "。。": "。。", "50%": "50%", "１３８ ００１３": "138 0013"} {
		if got := shared.Normalise(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if once, twice := shared.Normalise(in), shared.Normalise(shared.Normalise(in)); once != twice {
			t.Errorf("%q: not stable: %q, %q", in, once, twice)
		}
	}
}

// Section 5.2: the ladder for one choice.
func TestOneExamples(t *testing.T) {
	c := titles()
	one := func(s string) Reading { return c.One(s, true) }
	for _, s := range []string{"1", "１", "①", "1️⃣", "一", "壹", "第一个", "第1个", "选1", "1号", "1.", "一。", "A", "a", "Ａ", "a.", "主任医师。", "主任", "我选第一个吧", "1、主任医师"} {
		if got := short(one(s)); got != "chief" {
			t.Errorf("%q: %s", s, got)
		}
	}
	check(t, one, map[string]string{
		"我是主治医师": "attending", "3、主治医师": "attending", "2、主治医师": "!conflict", "副主任": "deputy", "住院": "resident", "医师": "!ambiguous",
		"66": "!not_option", "6": "!not_option", "0": "!not_option", "f": "!not_option", "12": "!ambiguous", "1和2": "!ambiguous", "主治医生": "?attending", "不是主任医师": "!unclear", "": "!unclear", "不知道": "!unclear",
		"主任医师？": "?chief", "1？": "?chief", "副主治医师": "?attending", "应该是主治医师": "attending", "最后一个": "other", "两": "!unclear", "1个": "!unclear", "主任医师或者副主任医师": "!ambiguous"})
	d := departments()
	check(t, func(s string) Reading { return d.One(s, true) }, map[string]string{"我在心内科上班": "cardiology", "心内": "cardiology", "肾内": "nephrology", "我不在心内科": "!unclear", "以前在心内科，现在在肾内科": "!ambiguous", "小儿心内科": "?cardiology", "其他科室：康复科": "other"})
	check(t, func(s string) Reading { return d.One(s, false) }, map[string]string{"我在心内科上班": "!unclear", "心内科": "cardiology"})
	check(t, func(s string) Reading { return interests().One(s, true) }, map[string]string{"讲课": "video", "需要": "!unclear"})
	if rd := one("医师"); len(rd.Candidates) != 4 {
		t.Errorf("candidates: %+v", rd)
	}
}

// TestWrittenAddition: the words behind an option with free text are the addition as it was typed, unless they name an option or say nothing.
func TestWrittenAddition(t *testing.T) {
	d := departments()
	other := strconv.Itoa(d.Len())
	for text, want := range map[string]string{"其他科室：康复科": "康复科", "其他科室 康复科": "康复科", other + "、其他科室：康复科": "康复科", "其他科室：ICU（一区），谢谢": "ICU（一区）", "其他科室（急诊 ICU）": "急诊 ICU",
		"其他科室：不清楚": "", "其他科室": ""} {
		if rd := d.One(text, true); rd.Status != OK || rd.Value.Str() != "other" || rd.Note["text"] != want {
			t.Errorf("%s: %+v, want %q", text, rd, want)
		}
	}
	for _, text := range []string{"其他科室：心内科", "其他科室，肾内科"} {
		if rd := d.One(text, true); rd.Status == OK {
			t.Errorf("%s was taken: %+v", text, rd)
		}
	}
}

func TestKeysAndRanges(t *testing.T) {
	keys := shared.Choices([]Option{{Code: "never", Label: "没有", Key: "0"}, {Code: "some", Label: "几天", Key: "1"}, {Code: "often", Label: "一半以上天数", Key: "2"}, {Code: "daily", Label: "几乎每天", Key: "3"}})
	check(t, func(s string) Reading { return keys.One(s, true) }, map[string]string{"0": "never", "1": "some", "3": "daily", "4": "!not_option", "没有": "never", "零": "never"})
	bands := shared.Choices([]Option{{Code: "few", Label: "10位以下"}, {Code: "mid", Label: "10-30位"}, {Code: "many", Label: "31位以上"}})
	check(t, func(s string) Reading { return bands.One(s, true) }, map[string]string{"2": "mid", "20": "?mid", "二十": "?mid", "5": "?few", "50位": "?many", "10-30": "mid", "2位": "?few"})
	long := make([]Option, 13)
	for i := range long {
		long[i] = Option{Code: string(rune('a' + i)), Label: "选项" + strings.Repeat("甲", i+2)}
	}
	c := shared.Choices(long)
	check(t, func(s string) Reading { return c.One(s, true) }, map[string]string{"1": "a", "10": "j", "13": "m", "b": "!unclear", "十": "j"})
	check(t, func(s string) Reading { return c.Many(s, 1, 0) }, map[string]string{"13": "m", "1 3": "a,c", "14": "!not_option", "①③": "a,c"})
}

// Section 5.3: several choices.
func TestManyExamples(t *testing.T) {
	c := interests()
	check(t, func(s string) Reading { return c.Many(s, 1, 0) }, map[string]string{
		"1、3和会议": "literature,video,meeting", "13": "literature,video", "１３": "literature,video", "①③": "literature,video", "一三": "literature,video", "ac": "literature,video", "66": "!conflict",
		"文献病例": "literature,cases", "全部": "literature,cases,video,meeting,price", "都要": "literature,cases,video,meeting,price", "以上都是": "literature,cases,video,meeting,price",
		"除了2都要": "literature,video,meeting,price", "除了病例以外其他都要": "literature,video,meeting,price", "前三个": "literature,cases,video", "1-3": "literature,cases,video", "1到3": "literature,cases,video",
		"都不需要": "none", "没有": "none", "都不要，1": "!conflict", "1,6": "!conflict", "文献 视频": "literature,video", "1+2": "literature,cases", "1/2": "literature,cases", "1.3": "literature,video", "1\n2": "literature,cases",
		"文献以及病例": "literature,cases", "手术与讲课视频和会议": "video,meeting", "我想看文献和病例": "literature,cases", "3": "video", "17": "!not_option", "7": "!not_option", "不要文献": "!unclear", "1.病例": "!conflict", "2.病例": "cases",
		"1 文献 2 病例": "literature,cases", "文献吧，谢谢": "literature", "1和3都要": "literature,video", "除了2": "!unclear", "讲课视频": "video", "": "!unclear", "1和3都不要": "!conflict"})
	check(t, func(s string) Reading { return c.Many(s, 2, 3) }, map[string]string{"1234": "!too_many", "全部": "!too_many", "1": "!too_few", "1 2 3": "literature,cases,video"})
	if rd := c.Many("1-3", 1, 0); rd.Confirm != "range" {
		t.Errorf("a range is read back: %+v", rd)
	}
	if rd := c.Many("1234", 1, 3); rd.Note["chosen"] != "文献解读、典型病例、手术与讲课视频、学术会议" || rd.Note["got"] != "4" {
		t.Errorf("%+v", rd)
	}
	check(t, func(s string) Reading { return c.Rank(s, 0, 0) }, map[string]string{"213": "cases,literature,video", "2>1>3": "cases,literature,video", "先2后1再3": "cases,literature,video", "2-1-3": "cases,literature,video", "会议，文献": "meeting,literature", "221": "!conflict", "2、2": "!conflict"})
}

// Section 5.4: yes, no, consent.
func TestYesNoExamples(t *testing.T) {
	labels := [2]string{"是", "否"}
	for _, s := range strings.Fields("是 是的 对 好 好的 好啊 好呀 好嘞 好滴 行 可以 中 没问题 同意 嗯 嗯嗯 要 需要 愿意 有 确认 ok yes y 1 👌 👍 [强] [OK] [好的] 是的。 ＯＫ 对对对 好的，可以 我愿意 👍👍") {
		if got := short(shared.YesNo(s, labels)); got != "yes" {
			t.Errorf("%q: %s", s, got)
		}
	}
	for _, s := range strings.Fields("否 不 不是 不对 不好 不行 不中 不可以 不用 不用了 不要 不需要 没有 没 无 拒绝 不同意 算了 下次吧 暂不 暂时不 先不 不方便 没空 no n 2 👎 不，不用了 不不不 我没有") {
		if got := short(shared.YesNo(s, labels)); got != "no" {
			t.Errorf("%q: %s", s, got)
		}
	}
	for _, s := range []string{"同意，那不好", "对，我说了不是", "是吗", "是？", "可以吗？", "好的但是下次", "3", "不是不行", "是不是", "有没有", "", "也许", "有点", "好的，没有", "不好说", "要不下次", "可不可以"} {
		if rd := shared.YesNo(s, labels); rd.Status != Unclear {
			t.Errorf("%q: %+v", s, rd)
		}
	}
	used := [2]string{"用过", "没用过"}
	check(t, func(s string) Reading { return shared.YesNo(s, used) }, map[string]string{"用过": "yes", "没用过": "no", "没用": "no", "用过的": "yes", "我用过": "yes", "我没用过": "no", "用": "!unclear", "没有": "no", "1": "yes", "B": "no", "从来没用过": "no"})
	check(t, func(s string) Reading { return shared.YesNo(s, [2]string{"想约", "先不约"}) }, map[string]string{"想": "yes", "先不": "no", "约": "!unclear", "行": "yes"})
	check(t, func(s string) Reading { return shared.YesNo(s, [2]string{"没有", "有"}) }, map[string]string{"没有": "yes", "有": "no", "好的": "!unclear", "没": "yes", "1": "yes"})
	for _, s := range []string{"同意", "好的", "好", "是的", "可以", "我同意", "1", "ok", "A", "愿意", "同意。"} {
		if got := short(shared.Consent(s, "同意", "不同意")); got != "agree" {
			t.Errorf("consent %q: %s", s, got)
		}
	}
	for _, s := range []string{"不同意", "不用了", "不", "2", "拒绝", "算了", "我不同意"} {
		if got := short(shared.Consent(s, "同意", "不同意")); got != "refuse" {
			t.Errorf("consent %q: %s", s, got)
		}
	}
	for _, s := range []string{"嗯", "行", "👍", "[强]", "[OK]", "嗯嗯", "同意，那不好", "同", "不同", "同意吗", "同意？", "我不是不同意", "有", "先看看", "随便", "👌"} {
		if rd := shared.Consent(s, "同意", "不同意"); rd.Status != Unclear {
			t.Errorf("consent %q: %+v", s, rd)
		}
	}
}

// Section 5.5: numbers, percent, durations.
func TestNumberExamples(t *testing.T) {
	num := func(s string) Reading { return shared.Number(s, NumberOptions{Unit: "位", Count: true}) }
	check(t, num, map[string]string{
		"35": "35", "３５": "35", "三十五": "35", "1,200": "1200", "1.5": "1.5", "壹拾": "10", "两": "2", "俩": "2", "廿": "20", "廿五": "25", "二〇二六": "2026", "一万三": "13000", "两百五": "250", "百三": "130",
		"5万4千": "54000", "1.5万": "15000", "1w": "10000", "40k": "40000", "半百": "50", "三十五位": "35", "35个": "35", "大概35": "35", "约三十五": "35", "35左右": "35", "0": "0", "没有": "0", "无": "0",
		"5-10": "!unclear", "三五个": "!unclear", "几十个": "!unclear", "十多个": "?10", "半数": "!unclear", "一百零五": "105", "一百五": "150", "三亿五千万": "350000000", "三万亿": "3000000000000", "一万万": "100000000",
		"七八": "!unclear", "二三十": "!unclear", "35？": "?35", "5年": "!unit", "每月30个": "!unit", "一二三": "?123", "不到50": "!unclear", "50以上": "?50", "50+": "?50", "超过50": "?50", "大概有三十五位患者": "35",
		"1,20": "!unclear", "1.2.3": "!unclear", "十几个": "!unclear", "百八十个": "!unclear", "": "!unclear", "很多": "!unclear", "我们科大约35位": "35", "三点五": "3.5", "二十三十": "!unclear", "35、36": "!unclear", "一千零一": "1001", "十五": "15", "一十五": "15"})
	lo, hi := 0.0, 10.0
	scale := func(s string) Reading {
		return shared.Number(s, NumberOptions{Min: &lo, Max: &hi, Integer: true, Unit: "分"})
	}
	check(t, scale, map[string]string{"8": "8", "８": "8", "八分": "8", "11": "!range", "-1": "!range", "7.5": "!fraction", "满分": "10", "8/10": "8", "七八分": "!unclear", "十": "10", "0": "0", "没有": "!unclear", "8分吧": "8"})
	check(t, func(s string) Reading { return shared.Percent(s, NumberOptions{}) }, map[string]string{"30%": "30", "３０％": "30", "百分之三十": "30", "三成": "30", "三成半": "35", "七五折": "75", "八折": "80", "30": "30", "0.3": "!unclear", "120": "!range", "一半": "?50", "大概三成": "30", "三分之一": "!unclear", "百分百": "100", "九成九": "99", "30个百分点": "30"})
	check(t, func(s string) Reading { return shared.Duration(s, NumberOptions{}) }, map[string]string{"1小时20分": "80", "一个半小时": "90", "90分钟": "90", "1:20": "80", "半天": "!unclear", "半小时": "30", "半个小时": "30", "两小时": "120", "2h": "120", "1h30m": "90", "1小时半": "90", "一刻钟": "15", "三刻钟": "45", "90": "!unit", "1.5小时": "90", "几分钟": "!unclear", "一天": "!unclear", "大概20分钟左右": "20", "一两个小时": "!unclear", "1小时20": "80"})
	check(t, func(s string) Reading { return shared.Duration(s, NumberOptions{Unit: "分钟"}) }, map[string]string{"90": "90", "二十": "20"})
}

// Section 5.6: dates and times.
func TestDateExamples(t *testing.T) {
	future := DateOptions{Future: true, Hours: [2]string{"08:00", "18:00"}}
	check(t, func(s string) Reading { return shared.DateTime(s, wednesday, future) }, map[string]string{
		"明天下午": "2026-03-05/pm", "后天": "2026-03-06", "大后天": "2026-03-07", "周五": "2026-03-06", "这周五": "2026-03-06", "本周五": "2026-03-06", "周三": "!ambiguous", "周二": "2026-03-10",
		"下周三下午": "2026-03-11/pm", "下下周一": "2026-03-16", "12月3号": "2026-12-03", "12/3": "2026-12-03", "12.3": "2026-12-03", "12-3": "2026-12-03", "十二月三日": "2026-12-03", "1203": "2026-12-03",
		"3号": "2026-04-03", "3月底": "!day_needed", "下个月初": "!day_needed", "国庆后": "!day_needed", "3点": "!day_needed", "下午3点": "!day_needed", "明天3点": "2026-03-05T15:00", "明天下午三点半": "2026-03-05T15:30", "后天15:30": "2026-03-06T15:30",
		"2月30日": "!no_such_day", "2027年2月29日": "!no_such_day", "随时": "any", "都行": "any", "你定": "any", "12月3号上午10点": "2026-12-03T10:00", "明晚": "!time", "八月初三": "!lunar", "昨天": "!wrong_side", "这周二": "!wrong_side",
		"下周三，下午三点": "2026-03-11T15:00", "周五上午吧": "2026-03-06/am", "2026年3月11日（周三）": "2026-03-11", "3月11日周四": "!conflict", "下周": "!day_needed", "周末": "!day_needed", "3天后": "2026-03-07", "两周后": "2026-03-18",
		"明天3点到5点": "!unclear", "下周三下午可以吗": "?2026-03-11/pm", "周三三点": "!ambiguous", "下周三3点": "2026-03-11T15:00", "下午3点，后天": "2026-03-06T15:00", "明天凌晨3点": "!time", "3pm": "!day_needed", "明天3pm": "2026-03-05T15:00", "2026-3-11": "2026-03-11", "20260311": "2026-03-11", "下个月3号": "2026-04-03", "明年1月5号": "2027-01-05", "2月1号": "2027-02-01", "13月1日": "!no_such_day"})
	check(t, func(s string) Reading { return shared.DateTime(s, wednesday, DateOptions{Future: true}) }, map[string]string{"明天3点": "!time", "明天15:30": "2026-03-05T15:30", "明天下午3点": "2026-03-05T15:00", "明天晚上8点": "2026-03-05T20:00"})
	past := DateOptions{Past: true}
	check(t, func(s string) Reading { return shared.Date(s, wednesday, past) }, map[string]string{"3号": "2026-03-03", "周五": "2026-02-27", "周三": "!ambiguous", "上周五": "2026-02-27", "昨天": "2026-03-03", "明天": "!wrong_side", "12月3号": "2025-12-03", "随时": "!unclear", "三天前": "2026-03-01", "一个月前": "!day_needed", "昨天下午": "2026-03-03", "去年12月3号": "2025-12-03", "大概3月1号": "2026-03-01", "上个月20号": "2026-02-20", "前几天": "!day_needed"})
	limited := DateOptions{Future: true, MinDays: 1, MaxDays: 60}
	check(t, func(s string) Reading { return shared.Date(s, wednesday, limited) }, map[string]string{"今天": "!range", "明天": "2026-03-05", "3月1日": "!wrong_side", "12月3号": "!range"})
	check(t, func(s string) Reading { return shared.Date(s, wednesday, DateOptions{}) }, map[string]string{"周五": "2026-03-06", "周二": "!ambiguous", "12月3号": "2026-12-03", "昨天": "2026-03-03"})
	for in, want := range map[string]string{"2026-03-11/pm": "2026年3月11日 星期三 下午", "2026-03-11": "2026年3月11日 星期三", "2026-03-11T15:00": "2026年3月11日 星期三 15:00", "any": "时间都可以", "x": "x"} {
		if got := shared.SayDate(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
	if rd := shared.Date("2月1号", wednesday, DateOptions{Future: true}); rd.Confirm != "rolled" {
		t.Errorf("%+v", rd)
	}
}

// Section 5.7: phones, names, hospitals.
func TestPhoneAndNameExamples(t *testing.T) {
	phone := func(s string) Reading { return shared.Phone(s, false) }
	for _, s := range []string{"13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "008613800138000", "8613800138000", "１３８００１３８０００", "一三八零零一三八零零零", "幺三八零零幺三八零零零", "手机：13800138000", "我的手机号是13800138000。"} {
		rd := phone(s)
		if short(rd) != "13800138000" || rd.Label != "138****8000" {
			t.Errorf("%q: %+v", s, rd)
		}
	}
	check(t, phone, map[string]string{"1380013800": "!short", "138001380001": "!long", "12800138000": "!pattern", "010-65101234": "!pattern", "不方便": "!unclear", "你打13800138000或13900139000": "!unclear", "": "!unclear", "138001380oo": "!unclear"})
	if rd := phone("1380013800"); rd.Note["missing"] != "1" {
		t.Errorf("%+v", rd)
	}
	if rd := phone("138001380001"); rd.Note["extra"] != "1" {
		t.Errorf("%+v", rd)
	}
	check(t, func(s string) Reading { return shared.Phone(s, true) }, map[string]string{"010-65101234": "01065101234", "(0571)8765 4321": "057187654321", "65101234": "!pattern", "13800138000": "13800138000"})
	check(t, shared.Name, map[string]string{"王建国": "王建国", "我叫王建国": "王建国", "我是李敏医生": "李敏", "李敏主任": "李敏", "王建国。": "王建国", "叫我李敏老师吧": "李敏", "John Smith": "John Smith", "買買提·艾力": "買買提·艾力", "王": "!short", "王医生": "!short", "王2": "!pattern", "13800138000": "!pattern", "你是谁": "!unclear", "不告诉你": "!unclear", "好的": "!unclear", "您贵姓？": "!unclear", "我在心血管内科工作很多年了": "!unclear"})
}

func TestIndexExamples(t *testing.T) {
	ix := shared.NewIndex([]Entry{{ID: "pumch", Label: "北京协和医院", Aka: []string{"协和", "协和医院"}, Note: "北京"}, {ID: "whuh", Label: "武汉协和医院", Aka: []string{"协和", "华中科技大学同济医学院附属协和医院"}, Note: "武汉"},
		{ID: "chaoyang", Label: "北京朝阳医院", Aka: []string{"朝阳医院"}}, {ID: "huaxi", Label: "四川大学华西医院", Aka: []string{"华西"}}, {ID: "pku3", Label: "北京大学第三医院", Aka: []string{"北医三院"}}, {ID: "szph", Label: "深圳市人民医院"}, {ID: "gdph", Label: "广东省人民医院"}})
	find := func(s string) Reading { return ix.Find(s, 5) }
	check(t, find, map[string]string{"协和": "!ambiguous", "北京协和医院": "pumch", "北京协和": "pumch", "武汉协和": "whuh", "朝阳医院": "chaoyang", "我在北京协和医院上班": "pumch", "华西": "huaxi", "北医三院": "pku3", "人民医院": "!generic", "医院": "!generic", "北京协合医院": "?pumch",
		"瑞金医院": "!unclear", "": "!unclear", "深圳人民医院": "?szph", "北京大学三院": "?pku3", "我不在北京协和医院": "!unclear", "北京协和医院？": "?pumch", "深圳": "?szph", "四川大学": "?huaxi", "同济": "?whuh", "华西医院": "huaxi"})
	rd := find("协和")
	if len(rd.Candidates) != 2 || ix.Entry(rd.Candidates[0]).ID != "pumch" || ix.Len() != 7 {
		t.Errorf("%+v", rd)
	}
}

func TestCommandsAndListener(t *testing.T) {
	c := shared.Commands(map[string][]string{"help": {"帮助", "?"}, "back": {"返回", "上一题"}, "quit": {"退出", "结束"}})
	for text, want := range map[string]string{"帮助": "help", "？": "help", "??": "help", "返回。": "back", "上一題": "back", "退出！": "quit", "我要退出": "", "退出吗": "", "": "", "不退出": ""} {
		if got, ok := c.Match(text); got != want || ok != (want != "") {
			t.Errorf("%q: %q %v", text, got, ok)
		}
	}
	l := shared.Listener([]string{"不良反应", "皮疹", "过敏", "AE"})
	for _, x := range []struct {
		text           string
		found, negated bool
	}{{"有点皮疹", true, false}, {"没有皮疹", true, true}, {"皮 疹", true, false}, {"未见不良反应", true, true}, {"有没有皮疹", true, false}, {"不是没有皮疹", true, false}, {"没有发热，有皮疹", true, false}, {"他出现AE了", true, false}, {"haemo", false, false}, {"一切正常", false, false}, {"無過敏", true, true}, {"没有皮疹，但过敏", true, false}} {
		h := l.Hear(x.text)
		if h.Found != x.found || h.Negated != x.negated {
			t.Errorf("%q: %+v", x.text, h)
		}
	}
}
