package flows

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// classed is a small folder with a ladder, a matrix and two scores.
func classed(t testing.TB) *Library {
	t.Helper()
	lib, ps := Load(fstest.MapFS{
		"profile.yaml": {Data: []byte("profile:\n  ladder: {type: text, label: 阶梯}\n  band: {type: text, label: 区间}\n  phone: {type: text, label: 手机, pii: true}\n  topics: {type: list, label: 主题}\n")},
		"classes.yaml": {Data: []byte(`products:
  - code: p
    ladder: ladder
    behaviour:
      - {is: A4, when: "count(read, 90d) >= 2", why: 读过}
      - {is: A1, when: "count(open, 90d) >= 1", why: 打开过}
    potential:
      - {is: high, when: profile.band == many, why: 多}
      - {is: low, when: profile.band == few, why: 少}
matrix: {high: [grow1, grow2, defend], mid: [grow2, maintain, defend], low: [observe, observe, maintain], unknown: [profile, profile, profile]}
classes:
  - {is: A, when: matrix == grow1, why: 一}
  - {is: D, when: else, why: 其他}
tags:
  - {tag: 读者, group: behaviour, when: "count(read, 90d) >= 1", why: 读过内容}
  - {tag: 常读, group: behaviour, when: "count(read, 30d) >= 3", why: 常读, expires: 10d}
  - {tag: 流程的, group: channel, expires: 30d}
`)},
		"rules.yaml": {Data: []byte(`score:
  - name: lead
    margin: 5
    groups: {fit: 40, engagement: 20, penalty: 0}
    lines:
      - {group: fit, points: 30, when: profile.band == many, why: 患者多}
      - {group: fit, points: 30, when: profile.ladder is not empty, why: 有阶梯}
      - {group: fit, points: 5, when: profile.phone is not empty, why: 留了手机}
      - {group: engagement, points: 7, did: read, half_life: 14d, why: 读过}
      - {group: engagement, points: 3, did: open, half_life: 14d, why: 打开过}
      - {group: penalty, points: -25, when: "in_a_row(ignore) >= 3", why: 不理会}
      - {group: penalty, points: -15, when: "count(miss, 90d) >= 1", why: 失约}
    caps:
      - {max: 39, when: doctor.level < 2, why: 未核验}
    grades: {hot: 50, warm: 30, watch: 0}
  - name: try
    shadow: true
    groups: {x: 100}
    lines: [{group: x, points: 80, when: doctor.level >= 0, why: 总是}]
    grades: {hot: 50, watch: 0}
leads:
  - {kind: ripe, when: doctor.level == 2, min: hot, why: 够热}
  - {kind: shadow, when: doctor.level == 2, score: try, min: hot, why: 试行}
`)},
	})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return lib
}

var noonOf = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func dossier() Dossier {
	return Dossier{Doctor: "d", Level: 2, Followed: true, Profile: map[string]Known{}, Consents: map[string]Consented{"base": {Policy: "v"}, "portrait": {Policy: "v"},
		"share_with_rep": {Policy: "v"}}}
}

func ago(days int) time.Time { return noonOf.AddDate(0, 0, -days) }

func stage(s, source string, days int) Known {
	return Known{Value: textValue(s), Source: source, At: ago(days), Ref: source}
}

// TestS1_15_Ladder: what the doctor says counts; a rep's word weighs less, less so when it is older than what stands, and takes down one step at most.
// Behaviour only raises, to A2.
func TestS1_15_Ladder(t *testing.T) {
	lib := classed(t)
	reads := []Did{{Kind: "read", At: ago(1)}, {Kind: "read", At: ago(2)}}
	cases := []struct {
		name    string
		history []Known
		visits  []Visited
		did     []Did
		want    string
	}{
		{"nothing", nil, nil, nil, "A0"},
		{"an answer", []Known{stage("A3", "answer", 10)}, nil, nil, "A3"},
		{"an answer takes down freely", []Known{stage("A6", "answer", 30), stage("A1", "answer", 10)}, nil, nil, "A1"},
		{"a rep soon after an answer weighs less", []Known{stage("A4", "answer", 10), stage("A2", "rep", 9)}, nil, nil, "A4"},
		{"a rep long after an answer takes one step", []Known{stage("A4", "answer", 200), stage("A1", "rep", 9)}, nil, nil, "A3"},
		{"a rep raises when the answer has faded", []Known{stage("A1", "answer", 200), stage("A5", "rep", 9)}, nil, nil, "A5"},
		{"reps one after the other", []Known{stage("A5", "rep", 30), stage("A1", "rep", 20), stage("A1", "rep", 10)}, nil, nil, "A3"},
		{"a visit", nil, []Visited{{ID: "v", Ladder: "A3", At: ago(3)}}, nil, "A3"},
		{"behaviour raises to A2", nil, nil, reads, "A2"},
		{"behaviour takes nobody down", []Known{stage("A5", "answer", 10)}, nil, reads, "A5"},
		{"opening alone", nil, nil, []Did{{Kind: "open", At: ago(1)}}, "A1"},
		{"nonsense", []Known{stage("A9", "answer", 1)}, nil, nil, "A0"},
	}
	for _, c := range cases {
		d := dossier()
		d.History, d.Visits, d.Did = map[string][]Known{"ladder": c.history}, c.visits, c.did
		first := Derive(lib, &d, noonOf)
		if got := first.Leading().Ladder; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		d.Ratings = first.Ratings
		again := Derive(lib, &d, noonOf)
		if again := again.Leading().Ladder; again != c.want {
			t.Errorf("%s: derived again %s", c.name, again)
		}
	}
}

// TestS1_15_Matrix: every potential and stage has its cell and class.
func TestS1_15_Matrix(t *testing.T) {
	lib := classed(t)
	want := "A0 grow1 A|A1 grow1 A|A2 grow1 A|A3 grow2 D|A4 grow2 D|A5 defend D|A6 defend D|"
	var got strings.Builder
	for _, s := range stages {
		d := dossier()
		d.Profile = map[string]Known{"band": {Value: textValue("many")}, "ladder": {Value: textValue(s)}}
		f := Derive(lib, &d, noonOf)
		r := f.Leading()
		fmt.Fprintf(&got, "%s %s %s|", r.Ladder, r.Matrix, r.Class)
	}
	if got.String() != want {
		t.Errorf("%s", got.String())
	}
}

// TestDerivedTags: tags come and go with their rules, end by their time, wait for consent, and those of others are left alone.
func TestDerivedTags(t *testing.T) {
	lib := classed(t)
	read := func(days ...int) (out []Did) {
		for _, n := range days {
			out = append(out, Did{Kind: "read", At: ago(n)})
		}
		return out
	}
	rule := func(tag string, expires time.Time) Tagged {
		return Tagged{Tag: tag, Source: sourceRule, At: ago(5), Expires: expires}
	}
	cases := []struct {
		name   string
		change func(d *Dossier)
		want   string
	}{
		{"put on", func(d *Dossier) { d.Did = read(3) }, "+读者"},
		{"no consent", func(d *Dossier) { d.Did = read(3); delete(d.Consents, "portrait") }, ""},
		{"no longer true", func(d *Dossier) { d.Tags = []Tagged{rule("读者", time.Time{})} }, "-读者"},
		{"frozen without consent", func(d *Dossier) {
			d.Did, d.Tags = read(3), []Tagged{rule("读者", time.Time{})}
			delete(d.Consents, "portrait")
		}, ""},
		{"kept until it ends", func(d *Dossier) { d.Tags = []Tagged{rule("常读", ago(-3))} }, ""},
		{"ended", func(d *Dossier) { d.Tags = []Tagged{rule("常读", ago(0))} }, "-常读"},
		{"barred", func(d *Dossier) {
			d.Did, d.Barred, d.Tags = read(3), map[string]time.Time{"读者": ago(-9)}, []Tagged{{Tag: "读者", Source: "answer"}}
		}, "-读者"},
		{"bar is over", func(d *Dossier) { d.Did, d.Barred = read(3), map[string]time.Time{"读者": ago(1)} }, "+读者"},
		{"a person's tag stays", func(d *Dossier) { d.Tags = []Tagged{{Tag: "读者", Source: "console"}} }, ""},
		{"a flow's tag ends", func(d *Dossier) { d.Tags = []Tagged{{Tag: "流程的", Source: "answer", At: ago(31)}} }, "-流程的"},
		{"a rule that is gone", func(d *Dossier) { d.Tags = []Tagged{rule("旧的", time.Time{})} }, "-旧的"},
	}
	for _, c := range cases {
		d := dossier()
		c.change(&d)
		f := Derive(lib, &d, noonOf)
		var got []string
		for _, tag := range f.Tags {
			sign := "+"
			if tag.Remove {
				sign = "-"
			}
			got = append(got, sign+tag.Tag)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}

// someone is a doctor by chance.
func someone(t *rapid.T) Dossier {
	d := dossier()
	d.Level = rapid.SampledFrom([]int{0, 1, 2, 9}).Draw(t, "level")
	for _, f := range []string{"ladder", "band", "phone"} {
		if v := rapid.SampledFrom([]string{"", "A2", "many", "few"}).Draw(t, f); v != "" {
			d.Profile[f] = Known{Value: textValue(v)}
		}
	}
	for range rapid.IntRange(0, 12).Draw(t, "deeds") {
		d.Did = append(d.Did, Did{Kind: rapid.SampledFrom(didKinds).Draw(t, "kind"), At: ago(rapid.IntRange(0, 120).Draw(t, "ago"))})
	}
	if g := rapid.SampledFrom([]string{"", "hot", "warm"}).Draw(t, "grade"); g != "" {
		d.Scores = map[string]Score{"lead": {Name: "lead", Grade: g}}
	}
	return d
}

// TestS1_17_SumOfLines: the points of a score are those of its lines, never below zero, and every line says why and what it rests on.
func TestS1_17_SumOfLines(t *testing.T) {
	lib := classed(t)
	rapid.Check(t, func(t *rapid.T) {
		d := someone(t)
		for _, s := range Derive(lib, &d, noonOf).Scores {
			sum := 0
			for _, l := range s.Lines {
				sum += l.Points
				if l.Why == "" || l.Evidence == "" {
					t.Fatalf("a line without reason: %+v", l)
				}
			}
			if sum != s.Points || sum < 0 || s.Grade == "" {
				t.Fatalf("%s: %d points, lines %d: %+v", s.Name, s.Points, sum, s.Lines)
			}
			if s.Name == "lead" && d.Level != 2 && s.Points > 39 {
				t.Fatalf("not verified: %d", s.Points)
			}
		}
	})
}

// TestS1_17_TurnAndLoopAgree: what a turn computes from the facts that travel with it is what the loop computes from the dossier.
func TestS1_17_TurnAndLoopAgree(t *testing.T) {
	lib := classed(t)
	rapid.Check(t, func(t *rapid.T) {
		d := someone(t)
		found := Derive(lib, &d, noonOf)
		facts := Facts{Digest: DigestOf(d.Did, noonOf), Grades: map[string]string{}}
		for name, s := range d.Scores {
			facts.Grades[name] = s.Grade
		}
		v := &view{lib: lib, level: standing(d.Level), now: noonOf, digest: facts.Digest, more: facts.derived(false),
			profile: func(f string) Known { return d.Profile[f] }, consent: func(p string) bool { return d.Consents[p].Policy != "" }}
		if diff := cmp.Diff(found.Scores, lib.rules.scoresOf(v, facts.Grades)); diff != "" {
			t.Fatalf("loop and turn (-loop +turn):\n%s", diff)
		}
	})
}

// TestS1_17_Hysteresis: a grade comes at once and goes only when the margin is lost too; points fade by half in a half-life.
func TestS1_17_Hysteresis(t *testing.T) {
	lib := classed(t)
	d := dossier()
	d.Profile = map[string]Known{"band": {Value: textValue("many")}}
	score := func() Score { return Derive(lib, &d, noonOf).Scores[0] }
	if s := score(); s.Points != 30 || s.Grade != "warm" {
		t.Fatalf("%+v", s)
	}
	d.Did = []Did{{Kind: "read", At: ago(14)}, {Kind: "read", At: ago(14)}, {Kind: "miss", At: ago(2)}}
	if s := score(); s.Points != 22 || s.Grade != "watch" {
		t.Errorf("two half readings and a missed appointment: %+v", s)
	}
	d.Scores = map[string]Score{"lead": {Grade: "warm"}}
	if s := score(); s.Grade != "watch" {
		t.Errorf("eight points below: %+v", s)
	}
	d.Did = append(d.Did, Did{Kind: "open", At: ago(0)})
	if s := score(); s.Points != 25 || s.Grade != "warm" {
		t.Errorf("within the margin: %+v", s)
	}
}

// TestRipeLeads: a shadow score makes no lead, and one by score waits until it is ripe; deriving twice makes no second one.
func TestRipeLeads(t *testing.T) {
	lib := classed(t)
	d := dossier()
	d.Profile = map[string]Known{"band": {Value: textValue("many")}, "ladder": {Value: textValue("A1")}}
	d.DerivedAt = ago(3)
	if f := Derive(lib, &d, noonOf); len(f.Leads) != 0 {
		t.Fatalf("not ripe: %+v", f.Leads)
	}
	d.Did = []Did{{Kind: "read", At: ago(1)}, {Kind: "read", At: ago(1)}}
	f := Derive(lib, &d, noonOf)
	if len(f.Leads) != 1 || f.Leads[0].Kind != "ripe" || f.Leads[0].Points != 53 || len(f.Leads[0].Lines) == 0 {
		t.Fatalf("leads %+v, scores %+v", f.Leads, f.Scores)
	}
	frozen := d
	frozen.FrozenUntil = ago(-1)
	if f := Derive(lib, &frozen, noonOf); len(f.Leads) != 0 {
		t.Errorf("a lead while promotion is held back: %+v", f.Leads)
	}
	d.DerivedAt = ago(0)
	if f := Derive(lib, &d, noonOf.Add(time.Hour)); len(f.Leads) != 0 {
		t.Errorf("again: %+v", f.Leads)
	}
}

// TestS2_06_Response: how a doctor answers what is sent is a figure of its own, and nothing known is not the same as no answer.
func TestS2_06_Response(t *testing.T) {
	lib := classed(t)
	d := dossier()
	if f := Derive(lib, &d, noonOf); f.Response != -1 || f.Affinity != -1 {
		t.Errorf("nothing known: %d %d", f.Response, f.Affinity)
	}
	d.Did = []Did{{Kind: "sent", Object: "a", At: ago(30)}, {Kind: "sent", Object: "b", At: ago(20)}, {Kind: "sent", Object: "c", At: ago(10)}, {Kind: "reply", At: ago(10)},
		{Kind: "open", Object: "c", At: ago(10).Add(5 * time.Minute)}}
	f := Derive(lib, &d, noonOf)
	if f.Response != 33 {
		t.Errorf("answered one of three: %d", f.Response)
	}
	// 40 % × (1+1)/(3+2) + 30 % × (1+1)/(3+2) + 20 % × 1 + 10 % × 1/2
	if f.Affinity != 2 {
		t.Errorf("affinity D%d, want D2 of 53 %%: %+v", f.Affinity, f.Reasons)
	}
	quiet := dossier()
	for i := range 20 {
		quiet.Did = append(quiet.Did, Did{Kind: "sent", Object: fmt.Sprint(i), At: ago(i * 3)})
	}
	if f := Derive(lib, &quiet, noonOf); f.Affinity != 0 || f.Response != 0 {
		t.Errorf("never answers: D%d %d", f.Affinity, f.Response)
	}
}

// TestPrivateEvidence: a number that reaches the doctor is never repeated as evidence.
func TestPrivateEvidence(t *testing.T) {
	lib := classed(t)
	d := dossier()
	d.Profile = map[string]Known{"phone": {Value: textValue("13800138000"), Label: "13800138000"}}
	for _, l := range Derive(lib, &d, noonOf).Scores[0].Lines {
		if strings.Contains(l.Evidence, "138") || l.Evidence != "手机：已留" {
			t.Errorf("evidence %q", l.Evidence)
		}
	}
}

// TestSegmentProblems: what is wrong with a segment is said with its place and the way out.
func TestSegmentProblems(t *testing.T) {
	lib := classed(t)
	for src, want := range map[string]string{
		"clas == A":                         "1:1 R201",
		"ladder == A9":                      "1:11 R204",
		"class == A and":                    "1:15 ",
		"profile.phone == '13800138000'":    "1:1 R201",
		"doctor.level + 1 > 2":              "1:1 R205",
		"profile.band == profile.ladder":    "1:17 R205",
		"count(open, 9000d) > 1":            "1:1 S105",
		"count(opened, 90d) > 1":            "1:7 R204",
		"doctor.last_typed < now":           "1:1 R205",
		"class == A\nand profile.bnd == x":  "1:16 R201",
		"in_a_row(ignore) > 2":              "1:1 R205",
		"doctor.last_typed < today - 30":    "",
		"class ＝＝ A":                        "1:7 ",
		"profile.topics == ckd and class=A": "",
	} {
		g, ps := lib.Segment(src)
		if g != nil || len(ps) == 0 {
			t.Errorf("%s: taken", src)
			continue
		}
		got := fmt.Sprintf("%d:%d %s", ps[0].Line, ps[0].Column, ps[0].Code)
		if !strings.HasPrefix(got, want) || ps[0].Message == "" || ps[0].Advice == "" && ps[0].Code != "S104" {
			t.Errorf("%s: %s %+v", src, got, ps[0])
		}
	}
}
