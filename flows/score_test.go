package flows

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/vrep/vrep/flows/lint"
)

// TestScoreLines: every point has its reason and what it rests on; groups are limited.
func TestScoreLines(t *testing.T) {
	k := newTalker(t, talkEngine(t))
	k.facts.Consents["base"], k.facts.Level = "p1", 2
	k.say("拜访", "主任", "用过", "80", "没有")
	out := k.say("会议")
	if len(out.Scores) != 1 {
		t.Fatalf("scores %+v", out.Scores)
	}
	s := out.Scores[0]
	if s.Name != "lead" || s.Points != 70 || s.Grade != "hot" || len(s.Lines) != 3 {
		t.Fatalf("score %+v", s)
	}
	want := []ScoreLine{{"fit", 30, "高级职称", "职称：主任医师", "profile.title"}, {"intent", 30, "想参加会议", "兴趣：会议", "profile.interests"},
		{"intent", 10, "患者多", "每月患者：80", "profile.patients"}}
	for i, l := range s.Lines {
		if l != want[i] {
			t.Errorf("line %d: %+v, want %+v", i, l, want[i])
		}
	}
}

// TestRuleLeadOnce: a lead by rule is made when its condition comes true, not again at every later turn.
func TestRuleLeadOnce(t *testing.T) {
	k := newTalker(t, talkEngine(t))
	k.facts.Consents["base"], k.facts.Consents["share_with_rep"], k.facts.Level = "p1", "s1", 2
	k.say("拜访", "主任", "用过", "80", "没有")
	out := k.say("会议")
	if len(out.Leads) != 1 || out.Leads[0].Kind != "high_score" || out.Leads[0].Points != 70 || len(out.Leads[0].Lines) != 3 || out.Leads[0].Explicit {
		t.Fatalf("leads %+v", out.Leads)
	}
	if out = k.say("先不"); len(out.Leads) != 0 {
		t.Errorf("again: %+v", out.Leads)
	}
	k.say("拜访", "是", "用过", "90")
	if out = k.say("没有"); len(out.Leads) != 0 {
		t.Errorf("next talk: %+v", out.Leads)
	}
}

// TestRejectedDoctor: a refused verification is worth no level and asks for nothing.
func TestRejectedDoctor(t *testing.T) {
	k := newTalker(t, talkEngine(t))
	k.facts.Consents["base"], k.facts.Level = "p1", 9
	k.say("拜访", "主任", "没用过", "会议", "当面聊")
	out := k.say("同意")
	if len(out.Leads) != 0 || out.Verify != nil || out.Level != -1 {
		t.Errorf("leads %+v verify %+v level %d", out.Leads, out.Verify, out.Level)
	}
}

// TestWaitingLeadGoes: the wish of an unverified doctor becomes a lead in the turn in which the code is taken.
func TestWaitingLeadGoes(t *testing.T) {
	lib := mustLoad(t, fstest.MapFS{"q.yaml": {Data: []byte(`flow: q
start: {on: ["word:开始"]}
steps:
  - id: wish
    do: lead
    kind: visit
    explicit: true
    note: 想见面
  - id: code
    ask: 邀请码？
    type: text
  - do: verify
    method: invite
    code: ${code}
  - end: done
`)}})
	e, err := NewEngine(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	k := newTalker(t, e)
	k.facts.Consents["base"], k.facts.Consents["share_with_rep"] = "p", "p"
	out := k.say("开始")
	if len(out.Leads) != 0 || out.Verify == nil || out.Verify.Lead == nil || out.Verify.Lead.Kind != "visit" || len(k.st.Wait) != 1 {
		t.Fatalf("before: %+v", out)
	}
	out = k.say("ABC123")
	if len(out.Leads) != 1 || out.Leads[0].Note != "想见面" || out.Level != 2 || out.Verify.Invite != "ABC123" || len(k.st.Wait) != 0 {
		t.Errorf("after: %+v", out)
	}
}

// TestExamplesFail: a rule that does not do what its example says is found.
func TestExamplesFail(t *testing.T) {
	rules := `score:
  name: lead
  groups: {fit: 40}
  lines:
    - {group: fit, points: 10, when: profile.x == a, why: 因为}
  grades: {warm: 10, cold: 0}
  examples:
    - {profile: {x: a}, expect: {points: 20, grade: cold}}
    - {profile: {x: b}, expect: {points: 0, grade: cold}}
`
	lib := mustLoad(t, fstest.MapFS{"rules.yaml": {Data: []byte(rules)}})
	ps := slices.DeleteFunc(Lint(lib, testNow), func(p Problem) bool { return p.Code == "S104" }) // there is no flow
	if len(ps) != 2 || ps[0].Code != "T900" || ps[0].Line != 8 || !strings.Contains(ps[0].Message, "points 应为 20，实际是 10") {
		t.Errorf("%+v", ps)
	}
}

// TestRuleMistakes: wrong names in rules.yaml are found with their place.
func TestRuleMistakes(t *testing.T) {
	rules := `score:
  name: lead
  groups: {fit: 40}
  lines:
    - {group: fitt, points: 10, when: profil.x == a, why: 因为}
  grades: {warm: 10}
leads:
  - {kind: x, when: doctor.level > 1, min: hott, why: 因为}
`
	_, ps := Load(fstest.MapFS{"rules.yaml": {Data: []byte(rules)}})
	var got []string
	for _, p := range lint.Errors(ps) {
		got = append(got, p.Code+":"+itoa(p.Line))
	}
	if strings.Join(got, " ") != "R201:5 R201:5 R201:8" {
		t.Errorf("%v", got)
	}
}
