package flows

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
)

// folder is a folder with one flow "q" of the given header and steps, and further files.
func folder(head, steps string, more map[string]string) fstest.MapFS {
	m := fstest.MapFS{"q.yaml": {Data: []byte("flow: q\ntitle: 样例\napproval: {no: T-1, until: 2030-12-31}\n" + head + "steps:\n" + steps)}}
	for name, data := range more {
		m[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return m
}

// begun starts the flow "q" for a doctor.
func begun(t *testing.T, fsys fstest.MapFS, doctor string) *talker {
	t.Helper()
	k := newTalker(t, &Engine{lib: mustLoad(t, fsys), watch: true, solo: true})
	if err := k.facts.read([]byte(doctor), testNow); err != nil {
		t.Fatal(err)
	}
	k.step(Input{Kind: InStart, Key: "q"})
	return k
}

// said is the reply of the last outcome in one line.
func said(out Outcome) string { return strings.ReplaceAll(out.Reply(), "\n", "|") }

// TestLimits: where limits come from, what is refused and what is said.
func TestLimits(t *testing.T) {
	const before = "  - {id: low, ask: 下限, type: number}\n  - {id: high, ask: 上限, type: number}\n  - set: {most: high * 2}\n"
	for _, tt := range []struct {
		name, keys, low, high string
		text, want            string // "" = taken
	}{
		{"names", "type: number, range: low..high", "3", "9", "2", "请回复 3 到 9 之间的数字。"},
		{"names taken", "type: number, range: low..high", "3", "9", "9", ""},
		{"one end", "type: number, range: 0..high", "3", "9", "十", "请回复 0 到 9 之间的数字。"},
		{"computed", "type: number, range: 0..most", "3", "9", "18", ""},
		{"computed, over", "type: number, range: 0..most", "3", "9", "19", "请回复 0 到 18 之间的数字。"},
		{"arithmetic", "type: number, range: low + 1..most - 1", "3", "9", "3", "请回复 4 到 17 之间的数字。"},
		{"scale", "type: scale, range: 1..high", "1", "5", "6", "请回复 1 到 5 之间的一个整数。"},
		{"scale with step", "type: scale, range: 0..5, step: 0.5", "1", "5", "2.5", ""},
		{"scale off step", "type: scale, range: 0..5, step: 0.5", "1", "5", "2.2", "请按 0.5 的间隔回答。"},
		{"scale end in words", "type: scale, range: 0..high, ends: [没听说过, 非常熟悉]", "1", "7", "非常熟悉。", ""},
		{"step", "type: number, step: 5", "1", "5", "12", "请按 5 的间隔回答。"},
		{"step of one is whole", "type: number, step: 1", "1", "5", "2.5", "请回复一个整数。"},
		{"duration", "type: duration, unit: 分钟, range: low..high", "30", "90", "2小时", "请回复 30分钟 到 1小时30分钟 之间的时间。"},
		{"percent", "type: percent, range: low..high", "10", "20", "三成", "请回复 10% 到 20% 之间的数字。"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := begun(t, folder("", before+"  - {id: a, ask: 请答, "+tt.keys+"}\n  - end: done\n", nil), "")
			k.say(tt.low)
			k.say(tt.high)
			out := k.say(tt.text)
			if (tt.want == "") != out.Accepted || !strings.HasPrefix(said(out), tt.want) {
				t.Errorf("%q: accepted %v, said %q, want %q", tt.text, out.Accepted, said(out), tt.want)
			}
		})
	}
}

// TestEmptyLimits: limits that exclude everything are a defect of the flow; the doctor is not held up by it.
func TestEmptyLimits(t *testing.T) {
	lib := mustLoad(t, folder("", "  - {id: low, ask: 下限, type: number}\n  - {id: a, ask: 请答, type: number, range: low..5}\n  - end: done\n", nil))
	e, st := &Engine{lib: lib, solo: true}, State{}
	var out Outcome
	for _, in := range []Input{{Kind: InStart, Key: "q"}, {Kind: InText, Text: "9"}, {Kind: InText, Text: "100"}} {
		in.At = testNow
		out = e.Step(st, in, Facts{})
		st = out.State
	}
	if out.Ended != "done" || len(out.Problems) == 0 {
		t.Errorf("ended %q with %d problems", out.Ended, len(out.Problems))
	}
}

// TestDayLimits: a date between earlier answers.
func TestDayLimits(t *testing.T) {
	steps := "  - {id: start, ask: 开始, type: date}\n  - {id: finish, ask: 结束, type: date, range: start..today}\n  - say: 从${start|day}到${finish|date}\n  - end: done\n"
	fsys := folder("", steps, nil)
	k := begun(t, fsys, "")
	k.say("2026-03-01")
	k.say("是")
	if out := k.say("2026-02-20"); !strings.HasPrefix(said(out), "请写2026年3月1日 星期日到2026年3月4日 星期三之间的日期。") {
		t.Errorf("too early: %q", said(out))
	}
	if out := k.say("2026-03-09"); out.Accepted {
		t.Errorf("too late was taken: %q", said(out))
	}
	k.say("2026-03-03")
	if out := k.say("是"); out.Ended != "done" || !strings.Contains(said(out), "从2026年3月1日 星期日到2026年3月3日") {
		t.Errorf("the end: %q %q", out.Ended, said(out))
	}
}

// TestOnRange: a value outside the limits leads where the author says, each side its own way.
func TestOnRange(t *testing.T) {
	steps := "  - id: age\n    ask: 多大年龄？\n    type: number\n    range: 18..90\n    on_range: %s\n  - {id: next, ask: 下一题, type: text}\n  - end: done\n  - {id: young, say: 谢谢您}\n  - end: young\n"
	for _, tt := range []struct{ on, text, ended, at, line string }{
		{"young", "16", "young", "", "谢谢您"},
		{"young", "200", "young", "", "谢谢您"},
		{"{low: young, high: retry}", "200", "", "age", "请回复 18 到 90 之间的数字。"},
		{"{low: young, high: retry}", "十六", "young", "", "谢谢您"},
		{"stop", "200", "stop", "", "好的，先到这里。"},
		{"end", "16", "done", "", "好的，已记下。"},
		{"skip", "16", "", "next", "好的，这一题先到这里。"},
		{"{high: human}", "200", "", "age", "已请同事联系您"},
	} {
		t.Run(tt.on+" "+tt.text, func(t *testing.T) {
			src := fmt.Sprintf(steps, tt.on)
			if !strings.Contains(tt.on, "young") {
				src = strings.Replace(src, "    range:", "    next: [{when: age == 18, goto: young}]\n    range:", 1)
			}
			out := begun(t, folder("", src, nil), "").say(tt.text)
			if out.Ended != tt.ended || out.Pending.ID != tt.at || !strings.Contains(said(out), tt.line) {
				t.Errorf("ended %q, at %q, said %q", out.Ended, out.Pending.ID, said(out))
			}
			if len(out.Answers) > 0 || (out.snap != nil && !out.snap.answers["age"].IsNone()) {
				t.Errorf("a value outside the limits was kept: %v", out.Answers)
			}
		})
	}
}

// TestLimitMistakes: what lint says about ranges, steps, arms, links and the like.
func TestLimitMistakes(t *testing.T) {
	for _, tt := range []struct{ name, steps, want string }{
		{"unknown", "  - {id: a, ask: 甲, type: number, range: 0..beds}\n", "R201"},
		{"misspelt", "  - {id: patients, ask: 甲, type: number}\n  - {id: a, ask: 甲, type: number, range: 0..patient}\n", "R201"},
		{"text as limit", "  - {id: name, ask: 甲, type: text}\n  - {id: a, ask: 甲, type: number, range: 0..name}\n", "R205"},
		{"may be missing", "  - {id: n, ask: 甲, type: number, required: false}\n  - {id: a, ask: 甲, type: number, range: 0..n}\n", "R203"},
		{"with a fallback", "  - {id: n, ask: 甲, type: number, required: false}\n  - {id: a, ask: 甲, type: number, range: 0..(n or 9)}\n", ""},
		{"itself", "  - {id: a, ask: 甲, type: number, range: 0..a}\n", "R202"},
		{"later", "  - {id: a, ask: 甲, type: number, range: 0..n}\n  - {id: n, ask: 甲, type: number}\n", "R202"},
		{"backwards", "  - {id: a, ask: 甲, type: number, range: 9..1}\n", "S105"},
		{"numbers for a date", "  - {id: a, ask: 甲, type: date, range: 1..9}\n", "S105"},
		{"days for a date", "  - {id: a, ask: 甲, type: date, range: 2026-01-01..today}\n", ""},
		{"step of nothing", "  - {id: a, ask: 甲, type: number, step: 0}\n", "S105"},
		{"on_range without range", "  - {id: a, ask: 甲, type: number, on_range: end}\n", "S104"},
		{"on_range to nowhere", "  - {id: a, ask: 甲, type: number, range: 1..2, on_range: nowhere}\n", "R201"},
		{"on_range back to itself", "  - {id: a, ask: 甲, type: number, range: 1..2, on_range: a}\n", "P306"},
		{"step of another type", "  - {id: a, ask: 甲, type: text, step: 2}\n", "S105"},
		{"time unit", "  - {id: a, ask: 甲, type: duration, unit: 公斤}\n", "S105"},
		{"one arm", "  - split: w\n    arms: {a: 1}\n", "S104"},
		{"weight", "  - split: w\n    arms: {a: 1, b: 0}\n", "S105"},
		{"unknown arm", "  - split: w\n    arms: {a: 1, b: 1}\n  - when: w == c\n    say: 好\n", "R204"},
		{"pause", "  - say: 好\n    pause: 2s\n", "S105"},
		{"no address", "  - say: 好\n    link: {title: 甲, url: 甲}\n", "S105"},
		{"address of answers", "  - {id: a, ask: 甲, type: text}\n  - say: 好\n    link: {title: 甲, url: \"https://e.com/${a}\"}\n", "S105"},
		{"lead to a name", "  - do: lead\n    kind: x\n    to: lilei\n", "S105"},
		{"lead by territory", "  - do: lead\n    kind: x\n    to: rep.by(profile.hospital)\n", ""},
		{"notice to nobody", "  - do: notify\n    to: boss\n    say: 好\n", "S105"},
		{"menu", "  - {id: a, ask: 甲, show: menu, choices: [{x: 甲, }, {y: 乙}]}\n", "W604"},
		{"pattern", "  - {id: a, ask: 甲, type: text, pattern: {form: \"[\", say: 好}}\n", "S105"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lib, ps := Load(folder("", strings.Replace(tt.steps, "甲, }", "甲}", 1)+"  - end: done\n", nil))
			ps = append(ps, Lint(lib, testNow)...)
			var got []string
			for _, p := range ps {
				got = append(got, p.Code)
			}
			if tt.want == "" && len(lint.Errors(ps)) > 0 || tt.want != "" && !contains(got, tt.want) {
				t.Errorf("found %v, want %q:\n%s", got, tt.want, text(t, ps))
			}
		})
	}
}

// TestSplitIsSticky: a doctor keeps the arm, and many doctors fall as the weights say.
func TestSplitIsSticky(t *testing.T) {
	lib := mustLoad(t, folder("", "  - split: wording\n    arms: {a: 30, b: 70}\n  - {id: x, ask: 请答, type: text}\n  - end: done\n", nil))
	e := &Engine{lib: lib, watch: true, solo: true}
	n := map[string]int{}
	for i := range 2000 {
		arm := func() string {
			out := e.Step(State{}, Input{Kind: InStart, Key: "q", At: testNow}, Facts{Doctor: fmt.Sprint("doctor-", i)})
			return out.snap.values["wording"].Str()
		}
		first := arm()
		if second := arm(); second != first {
			t.Fatalf("doctor %d fell into %s, then into %s", i, first, second)
		}
		n[first]++
	}
	if n["a"]+n["b"] != 2000 || math.Abs(float64(n["a"])-600) > 100 {
		t.Errorf("arms %v, want about 600 and 1400", n)
	}
}

// TestUnknown: an accepted "don't know" is probed once on every type, however it is said.
func TestUnknown(t *testing.T) {
	for typ, keys := range map[string]string{
		"one": "choices: [{a: 甲项}, {b: 乙项}]", "many": "choices: [{a: 甲项}, {b: 乙项}]", "rank": "choices: [{a: 甲项}, {b: 乙项}]", "yesno": "",
		"scale": "range: 1..5", "number": "", "percent": "", "duration": "", "text": "", "date": "", "datetime": "", "phone": "", "image": "", "voice": "",
		"location": "", "lookup": "list: places",
	} {
		for _, text := range []string{"说不清楚", "3"} {
			if text == "3" && !contains([]string{"one", "many", "rank", "yesno"}, typ) {
				continue
			}
			t.Run(typ+" "+text, func(t *testing.T) {
				steps := fmt.Sprintf("  - {id: a, ask: 请答, type: %s, unknown: {label: 说不清楚, probe: 大概呢？}, %s}\n  - say: 是${a}\n  - end: done\n", typ, keys)
				k := begun(t, folder("", steps, map[string]string{"lists/places.yaml": "list: places\nitems:\n  - a: 一院\n  - b: 二院\n"}), "")
				if out := k.say(text); said(out) != "大概呢？" {
					t.Fatalf("no probe: %q", said(out))
				}
				if out := k.say(text); out.Ended != "done" || said(out) != "是说不清楚" {
					t.Errorf("ended %q, said %q", out.Ended, said(out))
				}
			})
		}
	}
}

// TestFilters: everything that a placeholder can do to a value.
func TestFilters(t *testing.T) {
	steps := "  - {id: at, ask: 哪天, type: datetime, future: true}\n  - {id: mobile, ask: 手机, type: phone}\n  - {id: tags, ask: 选, type: many, choices: [{a: 甲项}, {b: 乙项}]}\n" +
		"  - {id: code, ask: 码, type: text}\n  - set: {sum: 0.1 + 0.2, third: 1 / 3, some: \"round(2 / 3, 2)\"}\n" +
		"  - say: |\n      %s\n  - end: done\n"
	for text, want := range map[string]string{
		"${at|date}": "2026年3月11日 星期三 下午", "${at|day}": "2026年3月11日 星期三", "${at|time}": "下午", "${mobile}": "138****8000",
		"${mobile.value|mask}": "138****8000", "${tags}": "甲项、乙项", "${tags|join}": "a、b", "${code|upper}": "AB-C", "${code|lower}": "ab-c", "${code|mask}": "A***",
		"${sum}": "0.3", "${third}": "0.333333333333", "${some}": "0.67", "${sum * 3}": "0.9", "${if sum > 1}多${end}少": "少", "${if tags has a}有${end}了": "有了",
		"${profile.title or \"老师\"}": "老师",
	} {
		t.Run(text, func(t *testing.T) {
			k := begun(t, folder("", fmt.Sprintf(steps, text), nil), "")
			for _, line := range []string{"下周三下午", "是", "13800138000", "1、2"} {
				k.say(line)
			}
			if out := k.say("Ab-c"); said(out) != want {
				t.Errorf("said %q, want %q", said(out), want)
			}
		})
	}
}

// TestShow: options are printed, or left to the author's words.
func TestShow(t *testing.T) {
	for show, want := range map[string]string{"auto": "请选|1. 甲项|2. 乙项", "list": "请选|1. 甲项|2. 乙项", "menu": "请选|1. 甲项|2. 乙项", "plain": "请选"} {
		k := newTalker(t, &Engine{lib: mustLoad(t, folder("", "  - {id: a, ask: 请选, show: "+show+", choices: [{x: 甲项}, {y: 乙项}]}\n  - end: done\n", nil)), watch: true, solo: true})
		if out := k.step(Input{Kind: InStart, Key: "q"}); said(out) != want {
			t.Errorf("%s: %q", show, said(out))
		}
		if out := k.say("乙项"); out.snap.answers["a"].Str() != "y" {
			t.Errorf("%s: not taken", show)
		}
	}
}

// TestPattern: the author's own words for a text of another form.
func TestPattern(t *testing.T) {
	for keys, want := range map[string]string{
		"pattern: \"^[0-9]{6}$\"":                           "格式不对，请核对后再发。",
		"pattern: {form: \"^[0-9]{6}$\", say: 请写 6 位数字。}":   "请写 6 位数字。",
		"pattern: \"^[0-9]{6}$\", retry: [邀请码在邀请函上。]":       "邀请码在邀请函上。",
		"pattern: {form: \"^a$\", say: \"“${answer}”不对。\"}": "“12”不对。",
	} {
		k := begun(t, folder("", "  - {id: a, ask: 请答, type: text, "+keys+"}\n  - end: done\n", nil), "")
		if out := k.say("12"); !strings.HasPrefix(said(out), want+"|") {
			t.Errorf("%s: %q", keys, said(out))
		}
	}
}

// TestPersonName: a department, a rank or a hospital is no name; a rare name and what an entry of a list is called are read back.
func TestPersonName(t *testing.T) {
	fsys := folder("", "  - {id: name, ask: 怎么称呼您？, save: profile.name, length: 2..20}\n  - say: ${name}老师好。\n  - end: done\n",
		map[string]string{"lists/hospitals.yaml": "list: hospitals\nitems:\n  - yifu: {label: 邵逸夫医院, aka: [邵逸夫]}\n"})
	const again, offer, done = "请只写您的姓名", "，对吗？", "老师好。"
	for text, want := range map[string]string{"心内科": again, "心内": again, "主任": again, "协和医院": again, "急诊": again, "不方便": again, "稍后再说": again,
		"邵逸夫": offer, "毛不易": offer, "王建国": "王建国" + done, "陈主任": "请写 2 到 20 个字。", "康健医生": "康健" + done} {
		k := begun(t, fsys, "")
		if out := k.say(text); !strings.Contains(said(out), want) {
			t.Errorf("%s: %q, want %q", text, said(out), want)
		}
	}
	k := begun(t, fsys, "")
	k.say("毛不易")
	if out := k.say("是"); said(out) != "毛不易"+done {
		t.Errorf("after the yes: %q", said(out))
	}
}

// TestSayAttachments: a link is printed below the text, a picture goes beside it.
func TestSayAttachments(t *testing.T) {
	lib := mustLoad(t, folder("", "  - say: 请看\n    link: {title: 指南, url: https://example.com/g}\n    image: MEDIA_1\n  - end: done\n", nil))
	out := (&Engine{lib: lib, solo: true}).Step(State{}, Input{Kind: InStart, Key: "q", At: testNow}, Facts{})
	if diff := cmp.Diff([]string{"请看\n指南\nhttps://example.com/g"}, out.Says); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"MEDIA_1"}, out.Images); diff != "" || messages(out) != 2 {
		t.Errorf("%d messages: %s", messages(out), diff)
	}
}

// TestMedia: what a picture, a recording or a place does in every mode of a question.
func TestMedia(t *testing.T) {
	steps := "  - {id: a, ask: 请发图, type: image, confirm: 用这张吗？}\n  - say: 收到${a}\n  - end: done\n"
	k := begun(t, folder("", steps, nil), "")
	if out := k.step(Input{Kind: InImage}); out.Accepted { // a platform that names no media
		t.Error("a picture without an id was taken")
	}
	k.step(Input{Kind: InImage, Media: "one"})
	k.step(Input{Kind: InImage, Media: "two"}) // instead of yes: the new one counts
	out := k.say("是")
	if v := out.snap.answers["a"]; out.Ended != "done" || !v.Equal(cond.Text("two")) {
		t.Errorf("ended %q with %v", out.Ended, v)
	}
	k = begun(t, folder("", "  - {id: a, ask: 请写, type: text}\n  - end: done\n", nil), "")
	for kind, want := range map[InputKind]string{InImage: "收到图片了，不过这一题需要您用文字回答。", InVoice: "这段语音没有识别出文字，请打字告诉我。", InLocation: "这条消息我读不了，请用文字告诉我。"} {
		if out := k.step(Input{Kind: kind, Media: "m", Place: "1,2", Text: ""}); out.Accepted || !strings.HasPrefix(said(out), want) && !out.Human {
			t.Errorf("%s: %q", kind, said(out))
		}
	}
	if out := begun(t, folder("", "  - {id: a, ask: 请写, type: text}\n  - end: done\n", nil), "").step(Input{Kind: InText, Text: "语音里的字", Media: "m"}); out.Ended != "done" {
		t.Errorf("recognised words are no answer: %q", said(out))
	}
}

// TestDurations prints lengths of time.
func TestDurations(t *testing.T) {
	e := &Engine{lib: mustLoad(t, fstest.MapFS{})}
	for m, want := range map[float64]string{0: "0分钟", 5: "5分钟", 60: "1小时", 90: "1小时30分钟", 1.5: "1.5分钟", 150: "2小时30分钟"} {
		if got := e.sayMinutes(m); got != want {
			t.Errorf("%v minutes: %q, want %q", m, got, want)
		}
	}
}
