package flows

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

const agingFlow = `flow: f
title: 旧值
version: "1"
owner: 医学部
approval: {no: T-1, until: 2030-12-31}
lang: zh-CN
start: {on: [follow]}
steps:
  - id: title
    ask: 您的职称是？
    choices: [{chief: 主任医师}, {attending: 主治医师}]
    save: profile.title
    known: skip
  - id: drug
    ask: 贵院有这个药吗？
    type: yesno
    unknown: 不清楚
    save: profile.has_drug
    known: skip
  - end: done
`

const agingProfile = `groups: {identity: 身份, product: 产品}
profile:
  title: {type: text, label: 职称, group: identity, weight: 3}
  name: {type: text, label: 姓名, group: identity, fresh: never, weight: 1}
  has_drug: {type: tristate, label: 医院有药, group: product, fresh: 90d, weight: 1}
`

func agingLibrary(t *testing.T) *Library {
	t.Helper()
	lib, problems := Load(fstest.MapFS{
		"_config.yaml": {Data: []byte("fresh: 180d\n")}, "profile.yaml": {Data: []byte(agingProfile)}, "f.yaml": {Data: []byte(agingFlow)},
	})
	if lib == nil || len(problems) > 0 {
		t.Fatalf("problems %v", problems)
	}
	return lib
}

// TestS1_02_NeverAskedTwice: what is known and fresh is not asked; what got old is read out to be confirmed; what is not known is asked.
func TestS1_02_NeverAskedTwice(t *testing.T) {
	lib := agingLibrary(t)
	e, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	for _, c := range []struct {
		name           string
		title, drug    *Known
		at             string
		confirm, ended bool
	}{
		{name: "nothing is known", at: "title"},
		{name: "fresh by the folder's rule", title: &Known{Value: cond.Text("chief"), At: ago(179)}, at: "drug"},
		{name: "old by the folder's rule", title: &Known{Value: cond.Text("chief"), Label: "主任医师", At: ago(181)}, at: "title", confirm: true},
		{name: "all fresh", title: &Known{Value: cond.Text("chief"), At: ago(1)}, drug: &Known{Value: cond.Text("no"), At: ago(89)}, ended: true},
		{name: "old by the field's rule", title: &Known{Value: cond.Text("chief"), At: ago(1)}, drug: &Known{Value: cond.Text("yes"), At: ago(91)}, at: "drug", confirm: true},
		{name: "asked and not known", title: &Known{Value: cond.Text("chief"), At: ago(1)}, drug: &Known{Value: cond.Text("unknown"), At: ago(1)}, at: "drug"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Facts{Doctor: "d", Consents: map[string]string{"base": "p"}, Profile: map[string]Known{}}
			for field, k := range map[string]*Known{"title": c.title, "has_drug": c.drug} {
				if k != nil {
					f.Profile[field] = *k
				}
			}
			out := e.Step(State{}, Input{Kind: InFollow, At: now}, f)
			if out.Pending.ID != c.at || out.Pending.Confirming != c.confirm || (out.Ended == "done") != c.ended {
				t.Errorf("at %q, confirming %v, ended %q; said %q", out.Pending.ID, out.Pending.Confirming, out.Ended, out.Reply())
			}
		})
	}
	t.Run("a confirmed value is fresh again", func(t *testing.T) {
		f := Facts{Doctor: "d", Consents: map[string]string{"base": "p"}, Profile: map[string]Known{"title": {Value: cond.Text("chief"), Label: "主任医师", At: ago(400)}}}
		out := e.Step(State{}, Input{Kind: InFollow, At: now}, f)
		if !strings.Contains(out.Reply(), "主任医师") {
			t.Errorf("what is to be confirmed is not read out: %q", out.Reply())
		}
		out = e.Step(out.State, Input{Kind: InText, Text: "对", At: now}, f)
		if len(out.Profile) != 1 || !out.Profile[0].At.Equal(now) || out.Profile[0].Answer != 0 {
			t.Errorf("wrote %+v", out.Profile)
		}
	})
}

// TestThreeStates: "don't know" is a state of its own in a field that has it, and nothing in any other.
func TestThreeStates(t *testing.T) {
	e, err := NewEngine(agingLibrary(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	f := Facts{Doctor: "d", Consents: map[string]string{"base": "p"}, Profile: map[string]Known{"title": {Value: cond.Text("chief"), At: now}}}
	for said, want := range map[string]string{"有": "yes", "没有": "no", "不清楚": "unknown"} {
		out := e.Step(State{}, Input{Kind: InFollow, At: now}, f)
		out = e.Step(out.State, Input{Kind: InText, Text: said, At: now}, f)
		if len(out.Profile) != 1 || out.Profile[0].Value.Str() != want {
			t.Errorf("%s: wrote %+v, want %s", said, out.Profile, want)
		}
	}
}

func TestCompleteness(t *testing.T) {
	lib := agingLibrary(t)
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	known := map[string]Known{
		"name": {Value: cond.Text("王"), At: now.AddDate(-9, 0, 0)}, "title": {Value: cond.Text("chief"), At: now.AddDate(0, 0, -10)},
		"has_drug": {Value: cond.Text("yes"), At: now.AddDate(0, 0, -20)}, "other": {Value: cond.Text("x"), At: now},
	}
	percent, until := lib.Completeness(known, now)
	if percent != 100 || until.Sub(now).Round(time.Hour) != 70*24*time.Hour {
		t.Errorf("%d %% until %v", percent, until)
	}
	if percent, _ := lib.Completeness(known, until); percent != 80 {
		t.Errorf("when the first value is old: %d %%", percent)
	}
	if percent, until := lib.Completeness(nil, now); percent != 0 || !until.IsZero() {
		t.Errorf("nothing known: %d %%, %v", percent, until)
	}
	bare, _ := Load(fstest.MapFS{"f.yaml": {Data: []byte(strings.ReplaceAll(strings.ReplaceAll(agingFlow, "    save: profile.title\n    known: skip\n", ""), "    save: profile.has_drug\n    known: skip\n", ""))}})
	if percent, _ := bare.Completeness(known, now); percent != -1 {
		t.Errorf("without weights: %d", percent)
	}
}

func TestFieldGroupsAreListed(t *testing.T) {
	_, problems := Load(fstest.MapFS{"profile.yaml": {Data: []byte("groups: {a: 甲}\nprofile:\n  x: {type: text, label: 某, group: b}\n")}})
	if len(problems) == 0 {
		t.Error("a group that is not listed is taken")
	}
}
