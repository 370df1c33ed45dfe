package flows

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// edition is a version of a small flow: a header line, then its steps.
func edition(t testing.TB, header, steps string) *Library {
	t.Helper()
	head := "flow: q\ntitle: 问卷\napproval: {no: T-1, until: 2030-12-31}\nstart: {on: [\"word:开始\"]}\n"
	return mustLoad(t, fstest.MapFS{"q.yaml": {Data: []byte(head + header + "steps:\n" + steps)}})
}

// after lets a talk go on with another library; the versions before are kept.
func (k *talker) publish(now *Library, before ...*Library) {
	k.t.Helper()
	kept := map[string]Bundle{}
	for _, lib := range before {
		for _, f := range lib.Flows() {
			b, err := lib.Bundle(f.ID)
			if err != nil {
				k.t.Fatal(err)
			}
			kept[b.Hash] = b
		}
	}
	e, err := NewEngine(now, func(hash string) (*Library, error) {
		lib, ps := LoadBundle(kept[hash])
		if lib == nil && kept[hash].Flow != "" {
			k.t.Errorf("loading a version: %v", ps)
		}
		return lib, nil
	})
	if err != nil {
		k.t.Fatal(err)
	}
	e.watch = true
	k.e = e
}

const oldSteps = `  - id: dept
    ask: 您在哪个科室？
    type: text
  - id: title
    ask: 您的职称是？
    choices:
      - zhuren: 主任医师
      - other: 其他职称
    save: profile.title
  - id: beds
    ask: 多少张床位？
    type: number
  - id: color
    ask: 喜欢什么颜色？
    type: text
  - set: {size: "if(beds > 100, big, small)"}
  - say: 谢谢，${dept}，${title}。
  - end: done
`

func talked(t *testing.T, lib *Library, lines ...string) *talker {
	t.Helper()
	e, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	e.watch = true
	k := newTalker(t, e)
	k.facts.Consents["base"] = "p1"
	k.say("开始")
	k.say(lines...)
	return k
}

func ids(answers []Answer) []string {
	var out []string
	for _, a := range answers {
		out = append(out, a.Question+"="+a.Value.Str())
	}
	return out
}

func retracted(out Outcome) []string {
	var ids []string
	for _, r := range out.Retracted {
		ids = append(ids, r.Question)
	}
	return ids
}

// TestTextReachesAtOnce: newer words of the same shape reach a running talk at its next message; the answer belongs to the words that were shown.
func TestTextReachesAtOnce(t *testing.T) {
	old, now := edition(t, "", oldSteps), edition(t, "", strings.NewReplacer("您在哪个科室", "请问您在哪个科室", "您的职称是", "请问您的职称是").Replace(oldSteps))
	k := talked(t, old)
	k.publish(now, old)
	out := k.say("心内科")
	if len(out.Answers) != 1 || out.Answers[0].Hash != old.Flow("q").Hash() || out.Answers[0].Asked != "您在哪个科室？" {
		t.Errorf("answer %+v", out.Answers)
	}
	if !strings.Contains(out.Reply(), "请问您的职称是") || out.Pending.Hash != now.Flow("q").Hash() {
		t.Errorf("next question %q of %s", out.Reply(), out.Pending.Hash)
	}
	want := []Moved{{Flow: "q", From: old.Flow("q").Hash(), To: now.Flow("q").Hash(), How: "text"}}
	if d := cmp.Diff(want, out.Moved); d != "" {
		t.Error(d)
	}
	if out = k.say("1"); len(out.Answers) != 1 || out.Answers[0].Hash != now.Flow("q").Hash() || len(out.Moved) != 0 {
		t.Errorf("later answer %+v, moved %v", out.Answers, out.Moved)
	}
}

// TestLabelsThatChangePlaces: when the words of two options change places, the reply to the old list is not taken for the new one.
func TestLabelsThatChangePlaces(t *testing.T) {
	old := edition(t, "", oldSteps)
	now := edition(t, "", strings.NewReplacer("zhuren: 主任医师", "zhuren: 其他职称", "other: 其他职称", "other: 主任医师").Replace(oldSteps))
	k := talked(t, old, "心内科")
	k.publish(now, old)
	out := k.say("主任医师")
	if len(out.Answers) != 0 || out.Pending.ID != "title" || !strings.Contains(out.Reply(), "刚有更新") {
		t.Errorf("%q %+v", out.Reply(), out.Answers)
	}
	if out = k.say("主任医师"); len(out.Answers) != 1 || out.Answers[0].Value.Str() != "other" {
		t.Errorf("%+v", out.Answers)
	}
}

// TestPinnedByDefault: another shape without an entry, or with pin, leaves the talk as it is.
func TestPinnedByDefault(t *testing.T) {
	steps := strings.Replace(oldSteps, "id: beds", "id: beds_now", 1)
	steps = strings.Replace(steps, "beds > 100", "beds_now > 100", 1)
	for _, header := range []string{"", "migrate:\n  - {from: any, policy: pin}\n", "migrate:\n  - {from: \"2020-01-01\", rename: {beds: beds_now}}\n"} {
		old, now := edition(t, "", oldSteps), edition(t, header, steps)
		k := talked(t, old, "心内科")
		k.publish(now, old)
		out := k.say("1", "200", "红")
		if out.Ended != "done" || len(out.Moved) != 0 || out.snap.values["size"].Str() != "big" || out.snap.answers["beds"].Num() != 200 {
			t.Errorf("%q: %q %v %v", header, out.Reply(), out.Moved, out.snap)
		}
	}
}

// TestListenersHearFirst: a safety report is opened in the turn in which the talk moves.
func TestListenersHearFirst(t *testing.T) {
	old := edition(t, "", oldSteps)
	now := edition(t, moveAll, newSteps)
	files := now.files
	files[configFile] = []byte("listen:\n  - {id: ae, when_text: [皮疹], do: report, say: 已登记。}\n")
	now, ps := loadFiles(files, false)
	if now == nil {
		t.Fatal(ps)
	}
	k := talked(t, old, "心内科", "主任医师", "200")
	k.publish(now, old)
	out := k.say("有个病人皮疹")
	if len(out.Cases) != 1 || !strings.Contains(out.Reply(), "已登记") || !strings.Contains(out.Reply(), "几间病房") {
		t.Errorf("%q %+v", out.Reply(), out.Cases)
	}
}

// TestTickDoesNotMove: time alone moves nothing, so that nothing is asked that the doctor has not seen.
func TestTickDoesNotMove(t *testing.T) {
	old, now := edition(t, "", oldSteps), edition(t, moveAll, newSteps)
	k := talked(t, old, "心内科")
	k.publish(now, old)
	k.now = k.now.Add(time.Hour)
	if out := k.step(Input{Kind: InTick}); len(out.Moved) != 0 || len(out.Says) != 0 {
		t.Errorf("%v %v", out.Moved, out.Says)
	}
}

// TestSynonymsReachOldVersions: what the house says means the same counts at once, in talks on an older version too.
func TestSynonymsReachOldVersions(t *testing.T) {
	with := func(words, steps string) *Library {
		return mustLoad(t, fstest.MapFS{"_config.yaml": {Data: []byte("words: {" + words + "}\n")}, "q.yaml": {Data: []byte(
			"flow: q\ntitle: 问卷\napproval: {no: T-1, until: 2030-12-31}\nstart: {on: [\"word:开始\"]}\nsteps:\n" + steps)}})
	}
	pick := "  - id: pick\n    ask: 看哪一种？\n    choices: [{video: 视频}, {paper: 文献}]\n"
	old := with("文献: [论文]", pick+"  - end: done\n")
	now := with("视频: [录像]", pick+"  - id: more\n    ask: 还有吗？\n    type: text\n  - end: done\n")
	for said, want := range map[string]string{"录像": "video", "视频": "video", "论文": ""} {
		k := talked(t, old)
		k.publish(now, old)
		if out := k.say(said); (out.Ended == "done") != (want != "") || (want != "" && out.Answers[0].Value.Str() != want) {
			t.Errorf("%s: %q ended %q %v", said, out.Reply(), out.Ended, out.Answers)
		}
	}
}
