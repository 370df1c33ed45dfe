package flows

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const oneQuestion = "  - {id: a, ask: 请选, choices: [{price: 执行价}, {case: 病例}]}\n  - {id: b, ask: 再答, type: text, required: false}\n  - end: done\n"

// TestFlowCommands: a flow may reword a command or switch it off; elsewhere the house's words go on.
func TestFlowCommands(t *testing.T) {
	fsys := folder("commands: {back: off, help: {words: [怎么填]}, skip: {words: [下一题]}}\n", oneQuestion, nil)
	k := begun(t, fsys, "")
	for _, tt := range []struct{ say, command string }{{"返回", ""}, {"怎么填", "help"}, {"帮助", ""}, {"继续", "repeat"}} {
		if out := k.say(tt.say); out.Command != tt.command {
			t.Errorf("%s is the command %q, want %q", tt.say, out.Command, tt.command)
		}
	}
	k = begun(t, fsys, "")
	k.say("1")
	if out := k.say("跳过"); out.Command != "" || out.Ended != "done" { // a word like any other here
		t.Errorf("command %q, ended %q", out.Command, out.Ended)
	}
	k = begun(t, fsys, "")
	k.say("1")
	if out := k.say("下一题"); out.Command != "skip" || out.Ended != "done" {
		t.Errorf("command %q, ended %q", out.Command, out.Ended)
	}
	if out := k.say("下一题"); out.Command != "" { // outside the flow
		t.Errorf("the flow's word works outside of it: %q", out.Command)
	}
}

// TestSynonyms: words of the house stand for labels, entries of lists and words to listen for.
func TestSynonyms(t *testing.T) {
	k := begun(t, folder("", oneQuestion, map[string]string{
		"_config.yaml": "words: {执行价: [挂网价, 中标价], 一院: [第一医院], 皮疹: [起疹子]}\nlisten:\n  - {id: ae, when_text: [皮疹], do: report, say: 已登记。}\n"}), "")
	if out := k.say("中标价"); out.snap.answers["a"].Str() != "price" {
		t.Errorf("the house's word is not taken: %q", said(out))
	}
	if out := k.say("病人起疹子了"); len(out.Cases) != 1 {
		t.Errorf("the house's word is not heard: %q", said(out))
	}
	k = begun(t, folder("", "  - {id: a, ask: 哪家, type: lookup, list: places}\n  - end: done\n", map[string]string{
		"_config.yaml": "words: {一院: [第一医院]}\n", "lists/places.yaml": "list: places\nitems:\n  - a: 一院\n  - b: 二院\n"}), "")
	if out := k.say("第一医院"); out.Ended != "done" {
		t.Errorf("the house's word is not looked up: %q", said(out))
	}
}

// TestListeners: a word tells a team, or starts a flow at once; the pending question comes back.
func TestListeners(t *testing.T) {
	fsys := folder("", oneQuestion, map[string]string{
		"other.yaml": "flow: other\ntitle: 样例\napproval: {no: T-1, until: 2030-12-31}\nsteps:\n  - {id: x, ask: 几点？, type: text}\n  - end: done\n",
		"_config.yaml": "listen:\n  - {id: supply, when_text: [断货], do: notify, to: ops, say: 已转告同事。}\n  - {id: meet, when_text: [想见面], do: call, call: other}\n" +
			"  - {id: hurt, when_text: [要药警联系], do: notify, to: pv}\n"})
	k := begun(t, fsys, "consents: [base]")
	out := k.say("最近断货了")
	if diff := cmp.Diff([]Notice{{To: "ops", Text: "医生说：最近断货了", Flow: "q"}}, out.Notices); diff != "" || !strings.HasPrefix(said(out), "已转告同事。|请选") {
		t.Errorf("%q %s", said(out), diff)
	}
	if out = k.say("最近断货了"); len(out.Notices) != 0 {
		t.Error("the same thing was told twice")
	}
	if out = k.say("想见面"); out.Pending.ID != "other.x" {
		t.Errorf("at %q", out.Pending.ID)
	}
	if out = k.say("三点"); out.Pending.ID != "a" {
		t.Errorf("the question did not come back: %q", said(out))
	}
	k = begun(t, fsys, "") // without consent only the safety desk hears
	if out = k.say("最近断货了"); len(out.Notices) != 0 {
		t.Errorf("told before consent: %v", out.Notices)
	}
	if out = k.say("要药警联系我"); len(out.Notices) != 1 || out.Notices[0].To != "pv" {
		t.Errorf("the safety desk was not told: %v", out.Notices)
	}
}

// TestPrices: the look-ups of the engine in texts and conditions, from the folder and from the case.
func TestPrices(t *testing.T) {
	more := map[string]string{
		"prices.yaml": "prices:\n  - {product: 示例沙坦片, price: 30.00 元/盒, basis: 全国挂网价}\n  - {hospital: h1, product: 示例沙坦片, price: 28.50 元/盒, basis: 省级挂网价, until: 2026-12-31}\n" +
			"  - {hospital: h2, product: 示例沙坦片, price: 25.00 元/盒, basis: 旧价, until: 2025-12-31}\n",
		"profile.yaml": "profile:\n  hospital: {type: text, label: 医院}\n",
		"_config.yaml": "listen:\n  - id: price_words\n    when_text: [多少钱]\n    do: answer\n    say: ${price(profile.hospital, \"示例沙坦片\") or \"已请同事查询，稍后回复您。\"}\n" +
			"  - id: other\n    when_text: [别的药]\n    do: answer\n    say: ${price(profile.hospital, \"别的药\") or \"已请同事查询，稍后回复您。\"}\n"}
	steps := "  - {id: a, ask: 请答, type: yesno}\n  - when: price(profile.hospital, \"示例沙坦片\") is not empty\n    say: 有价格\n  - say: ${rep.by(profile.hospital) or \"同事\"}会联系您。\n  - end: done\n"
	for _, tt := range []struct{ doctor, ask, want, end string }{
		{"{level: 2, profile: {hospital: h1}}", "多少钱", "示例沙坦片：28.50 元/盒（省级挂网价，2026年12月31日 星期四前有效）", "有价格|同事会联系您。"},
		{"{level: 2, profile: {hospital: h2}}", "多少钱？", "示例沙坦片：30.00 元/盒（全国挂网价）", "有价格|同事会联系您。"},
		{"{level: 2, profile: {hospital: h1}}", "别的药", "已请同事查询，稍后回复您。", "有价格|同事会联系您。"},
		{"{level: 2, profile: {hospital: h1}, prices: {示例沙坦片: 9 元}, reps: {h1: 李雷}}", "多少钱", "9 元", "有价格|李雷会联系您。"},
		{"{level: 2, profile: {hospital: h1}, prices: {示例沙坦片: \"\"}}", "多少钱", "已请同事查询，稍后回复您。", "同事会联系您。"},
		{"{level: 1, profile: {hospital: h1}}", "多少钱", "已请同事查询，稍后回复您。", "同事会联系您。"},
	} {
		k := begun(t, folder("", steps, more), tt.doctor)
		if out := k.say(tt.ask); !strings.HasPrefix(said(out), tt.want+"|请答") {
			t.Errorf("%s: %q, want %q", tt.doctor, said(out), tt.want)
		}
		if out := k.say("好"); said(out) != tt.end {
			t.Errorf("%s: %q, want %q", tt.doctor, said(out), tt.end)
		}
	}
}

// TestOnExpire: what becomes of the answers of a talk that nobody goes on with.
func TestOnExpire(t *testing.T) {
	head := "expire: 2h\non_expire: "
	steps := "  - {id: a, ask: 科室？, type: text, save: profile.department}\n  - tag: 新客\n  - {id: b, ask: 多少人？, type: number}\n  - end: done\n"
	doctor := "{level: 2, consents: [base, share_with_rep]}"
	lapse := func(kind string) (*talker, Outcome) {
		k := begun(t, folder(head+kind+"\n", steps, nil), doctor)
		k.say("心内科")
		k.now = k.now.Add(3 * time.Hour)
		return k, k.step(Input{Kind: InTick})
	}
	k, out := lapse("keep")
	if out.Ended != "expired" || len(out.Retracted)+len(out.Leads) != 0 || k.facts.Profile["department"].Value.Str() != "心内科" {
		t.Errorf("keep: %+v", out)
	}
	k, out = lapse("drop")
	if diff := cmp.Diff([]Retracted{{Talk: 1, Question: "a"}}, out.Retracted); diff != "" || out.Ended != "expired" {
		t.Errorf("drop: ended %q %s", out.Ended, diff)
	}
	if _, kept := k.facts.Profile["department"]; kept || k.facts.Tags["新客"] {
		t.Errorf("drop left %v %v", k.facts.Profile, k.facts.Tags)
	}
	_, out = lapse("lead")
	if len(out.Leads) != 1 || out.Leads[0].Kind != "unfinished" || out.Leads[0].Note != "科室？ 心内科" || out.Leads[0].Why != "没有填完“样例”" {
		t.Errorf("lead: %+v", out.Leads)
	}
	k = begun(t, folder(head+"lead\n", steps, nil), doctor)
	k.now = k.now.Add(3 * time.Hour)
	if out = k.step(Input{Kind: InTick}); len(out.Leads) != 0 || out.Ended != "expired" {
		t.Errorf("a lead without an answer: %+v", out.Leads)
	}
}

// TestUnfinishedRounds: answers within blocks and called flows stand in the lead in their order, with what their questions printed.
func TestUnfinishedRounds(t *testing.T) {
	steps := "  - {id: wanted, ask: 想看什么？, type: many, choices: [{a: 甲项}, {b: 乙项}]}\n  - id: each\n    block: {for_each: wanted}\n    steps:\n" +
		"      - {id: why, ask: \"${item}为什么？\", type: text}\n  - id: more\n    call: other\n  - end: done\n"
	fsys := folder("expire: 2h\non_expire: lead\n", steps, map[string]string{
		"other.yaml": "flow: other\ntitle: 样例\napproval: {no: T-1, until: 2030-12-31}\nsteps:\n  - {id: x, ask: 几点？, type: text}\n  - {id: y, ask: 哪里？, type: text}\n  - end: done\n"})
	k := begun(t, fsys, "{level: 2, consents: [base, share_with_rep]}")
	for _, line := range []string{"1、2", "好看", "实用", "三点"} {
		k.say(line)
	}
	k.now = k.now.Add(3 * time.Hour)
	out := k.step(Input{Kind: InTick})
	want := "想看什么？ 甲项、乙项\n甲项为什么？ 好看\n乙项为什么？ 实用\n几点？ 三点"
	if len(out.Leads) != 1 || out.Leads[0].Note != want {
		t.Errorf("leads %+v", out.Leads)
	}
}

// TestOnExpireKeepsSafety: what a safety report holds is never taken back.
func TestOnExpireKeepsSafety(t *testing.T) {
	ae := "flow: ae\ntitle: 安全\nkind: urgent\nexpire: 2h\napproval: {no: T-1, until: 2030-12-31}\nstart: {on: [\"word:不良反应\"]}\nsteps:\n  - {id: event, ask: 发生了什么, type: text}\n" +
		"  - {id: more, ask: 还有吗, type: text}\n  - do: report_ae\n  - end: done\n"
	steps := "  - {id: a, ask: 科室？, type: text}\n  - {id: b, ask: 多少人？, type: number}\n  - end: done\n"
	k := begun(t, folder("expire: 2h\non_expire: drop\n", steps, map[string]string{"ae.yaml": ae}), "consents: [base]")
	k.say("心内科")
	k.say("不良反应")
	k.say("头晕")
	k.now = k.now.Add(3 * time.Hour)
	out := k.step(Input{Kind: InTick})
	if diff := cmp.Diff([]Retracted{{Talk: 1, Question: "a"}}, out.Retracted); diff != "" {
		t.Error(diff)
	}
}

// TestQuiet: quiet hours by day and over midnight.
func TestQuiet(t *testing.T) {
	at := func(clock string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", "2026-03-04 "+clock, testNow.Location())
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, tt := range []struct{ quiet, now, end string }{
		{"22:00-08:00", "21:59", ""}, {"22:00-08:00", "22:00", "2026-03-05 08:00"}, {"22:00-08:00", "07:59", "2026-03-04 08:00"}, {"22:00-08:00", "08:00", ""},
		{"12:00-13:30", "12:10", "2026-03-04 13:30"}, {"12:00-13:30", "13:30", ""}, {"", "03:00", ""},
	} {
		config := ""
		if tt.quiet != "" {
			config = "quiet: " + tt.quiet + "\n"
		}
		lib := mustLoad(t, folder("", oneQuestion, map[string]string{"_config.yaml": "retry: 3\n" + config}))
		end, quiet := lib.Quiet(at(tt.now))
		got := ""
		if quiet {
			got = end.Format("2006-01-02 15:04")
		}
		if got != tt.end {
			t.Errorf("%s at %s: until %q, want %q", tt.quiet, tt.now, got, tt.end)
		}
	}
}

// TestReminders follows a silent talk by the times that Due gives.
func TestReminders(t *testing.T) {
	head := "remind:\n  - {after: 2h, say: \"还差 ${left} 题\"}\n  - {after: 11h, say: 还方便吗}\nexpire: 40h\n"
	fsys := folder(head, oneQuestion, map[string]string{"_config.yaml": "quiet: 20:00-08:00\ncaps: {day: 2, week: 5}\n"})
	k := begun(t, fsys, "")
	if caps := k.e.lib.Caps(); caps.Day != 2 || caps.Week != 5 {
		t.Errorf("caps %+v", caps)
	}
	var log []string
	for range 6 {
		due, ok := k.e.Due(k.st, k.now)
		if !ok {
			break
		}
		k.now = due
		out := k.step(Input{Kind: InTick})
		log = append(log, due.Format("02 15:04")+" "+said(out)+out.Ended)
	}
	want := []string{"04 12:00 还差 2 题", "05 08:00 还方便吗", "06 02:00 expired"} // begun on the 4th at 10:00; 21:00 is quiet
	if diff := cmp.Diff(want, log); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, ok := k.e.Due(k.st, k.now); ok {
		t.Error("an idle talk wants to be woken")
	}
}

// TestReminderLate: after a long outage one reminder is said, not all that were missed; capped and opted-out doctors hear none; an answer begins anew.
func TestReminderLate(t *testing.T) {
	head := "remind:\n  - {after: 1h, say: 一}\n  - {after: 2h, say: 二}\n  - {after: 30h, say: 三}\n"
	fsys := folder(head, oneQuestion, nil)
	k := begun(t, fsys, "")
	k.now = k.now.Add(5 * time.Hour)
	if out := k.step(Input{Kind: InTick}); said(out) != "二" {
		t.Errorf("said %q", said(out))
	}
	if out := k.step(Input{Kind: InTick}); said(out) != "" {
		t.Errorf("said again: %q", said(out))
	}
	k.say("1")
	k.now = k.now.Add(time.Hour)
	if out := k.step(Input{Kind: InTick}); said(out) != "一" {
		t.Errorf("after an answer: %q", said(out))
	}
	for name, change := range map[string]func(*Facts){"capped": func(f *Facts) { f.Capped = true }, "opted out": func(f *Facts) { f.OptedOut = true }} {
		k := begun(t, fsys, "")
		change(&k.facts)
		k.now = k.now.Add(time.Hour)
		if out := k.step(Input{Kind: InTick}); said(out) != "" || k.st.Told != 1 {
			t.Errorf("%s: said %q, told %d", name, said(out), k.st.Told)
		}
	}
	k = begun(t, fsys, "")
	k.step(Input{Kind: InText, Text: "人工"})
	if due, ok := k.e.Due(k.st, k.now); !ok || due.Sub(k.now) != defaultExpire {
		t.Errorf("a sleeping talk is due at %v, %v", due, ok)
	}
}

// TestUrgentReminds: safety does not wait for the morning.
func TestUrgentReminds(t *testing.T) {
	k := begun(t, folder("kind: urgent\nremind:\n  - {after: 11h, say: 请补充}\n", oneQuestion, map[string]string{"_config.yaml": "quiet: 20:00-08:00\ncaps: {day: 1}\n"}), "")
	due, _ := k.e.Due(k.st, k.now)
	k.now, k.facts.Capped, k.facts.OptedOut = due, true, true
	if out := k.step(Input{Kind: InTick}); due.Format("15:04") != "21:00" || said(out) != "请补充" {
		t.Errorf("at %v: %q", due, said(out))
	}
}

// TestHandoffQueue: another team than the rep takes over and is told.
func TestHandoffQueue(t *testing.T) {
	k := newTalker(t, &Engine{lib: mustLoad(t, folder("", "  - do: handoff\n    queue: medical\n  - end: done\n", nil)), watch: true, solo: true})
	k.facts.Consents["base"] = "p"
	out := k.step(Input{Kind: InStart, Key: "q"})
	if !out.Human || out.Queue != "medical" || len(out.Notices) != 1 || out.Notices[0].To != "medical" || !strings.Contains(out.Notices[0].Text, "样例") {
		t.Errorf("%+v", out)
	}
}
