package insight

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// shipped is the library of the shipped flows.
func shipped(t *testing.T) *flows.Library {
	t.Helper()
	lib, ps := flows.Load(library.FS)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return lib
}

// edited is the shipped library with a text of a rules file replaced.
func edited(t *testing.T, file, old, replacement string) *flows.Library {
	t.Helper()
	lib := shipped(t)
	src := lib.RulesFiles()[file]
	if !strings.Contains(src, old) {
		t.Fatalf("%s does not hold %q", file, old)
	}
	next, ps := lib.WithRules(file, strings.Replace(src, old, replacement, 1))
	if next == nil {
		t.Fatal(ps)
	}
	return next
}

func at(lib *flows.Library) func() *flows.Library { return func() *flows.Library { return lib } }

// turn commits one turn of a doctor and gives the doctor's id.
func turn(t *testing.T, s *store.Store, openID string, change func(*store.Turn)) string {
	t.Helper()
	id := store.DoctorID(storetest.Account, openID)
	d := store.Doctor{ID: id, OpenID: openID, Level: 2, Followed: true}
	if old, err := s.Dossier(t.Context(), id); err == nil {
		d = old.Doctor
	}
	seq := int64(1)
	if last, err := s.LastTurn(t.Context(), id); err == nil {
		seq = last.Seq + 1
	}
	u := &store.Turn{Doctor: d, Journal: store.Journal{Conversation: id, Seq: seq, MessageKey: openID + "|" + itoa(seq), Kind: "text"}}
	change(u)
	if _, err := s.CommitTurn(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	return id
}

func itoa(n int64) string { b, _ := json.Marshal(n); return string(b) }

// says puts answers on the portrait.
func says(u *store.Turn, fields map[string]string) {
	for f, v := range fields {
		u.Portrait = append(u.Portrait, store.PortraitValue{Doctor: u.Doctor.ID, Field: f, Value: v, Source: store.SourceAnswer, At: time.Now().UnixMilli(),
			Ref: u.Doctor.ID + ":1:0"})
	}
}

func agrees(u *store.Turn, purposes ...string) {
	for _, p := range purposes {
		u.Consents = append(u.Consents, store.Consent{Conversation: u.Doctor.ID, Seq: u.Journal.Seq, Purpose: p, Policy: "v1", Granted: true})
	}
}

// settle derives until nobody is due and no job is open.
func settle(t *testing.T, in *Insight) {
	t.Helper()
	for range 1000 {
		busy, err := in.round(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		n, err := in.Sweep(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !busy && n == 0 {
			return
		}
	}
	t.Fatal("it never settles")
}

// TestS1_18_ResultClass: the result of recruiting follows from what was said and done, is stored, and segments find it.
func TestS1_18_ResultClass(t *testing.T) {
	cases := []struct {
		name   string
		fields map[string]string
		want   string
	}{
		{"both", map[string]string{"visit_wish": `"f2f"`, "recruit_class": `"dual"`}, "both"},
		{"online", map[string]string{"visit_wish": `"online"`}, "online"},
		{"leave", map[string]string{"recruit_class": `"quiet"`}, "leave"},
		{"watch", map[string]string{"visit_wish": `"no"`}, "watch"},
	}
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		in := New(Options{Store: s, Library: at(shipped(t))})
		ids := map[string]string{}
		for _, c := range cases {
			ids[c.want] = turn(t, s, c.name, func(u *store.Turn) { says(u, c.fields) })
		}
		settle(t, in)
		for _, c := range cases {
			g, ps := in.Segment("result == " + c.want)
			if g == nil {
				t.Fatal(ps)
			}
			got, err := doctorsOf(t, s, in.Filter(g), 10)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{ids[c.want]}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
	})
}

// TestS1_15_RuleChange: other rules make a job that goes through every doctor, page by page; what changes stands in the history with the rules as the cause,
// and the job goes on where a process left it.
func TestS1_15_RuleChange(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		lib := shipped(t)
		in := New(Options{Store: s, Library: func() *flows.Library { return lib }})
		id := turn(t, s, "o1", func(u *store.Turn) {
			agrees(u, "base", "portrait")
			says(u, map[string]string{"patient_band": `"b10_29"`, "ladder": `"A3"`, "topics": `["ckd"]`})
		})
		settle(t, in)
		f, err := s.Facets(t.Context(), id)
		if err != nil || f.Class != "C" || f.Ladder != "A3" || f.Potential != "mid" {
			t.Fatalf("facets %+v, %v", f, err)
		}
		lib = edited(t, "classes.yaml", `when: "profile.patient_band in [b30_79, b10_29]"`, `when: "profile.patient_band == b30_79"`)
		lib, _ = lib.WithRules("classes.yaml", strings.Replace(lib.RulesFiles()["classes.yaml"], `when: "profile.patient_band == lt10"`, `when: "profile.patient_band in [lt10, b10_29]"`, 1))
		if err := in.Announce(t.Context()); err != nil {
			t.Fatal(err)
		}
		first, err := s.Jobs(t.Context(), store.JobClassify, 1)
		if err != nil || len(first) != 1 || first[0].Status != store.JobWaiting {
			t.Fatalf("jobs %+v, %v", first, err)
		}
		other := New(Options{Store: s, Library: func() *flows.Library { return lib }}) // another process that sees the same change
		if err := other.Announce(t.Context()); err != nil {
			t.Fatal(err)
		}
		settle(t, other)
		jobs, err := s.Jobs(t.Context(), store.JobClassify, 5)
		if err != nil || len(jobs) != 2 || jobs[0].ID != first[0].ID || jobs[0].Status != store.JobDone || jobs[0].Done != 1 || jobs[0].Changed != 1 || jobs[0].Total != 1 {
			t.Fatalf("jobs %+v, %v", jobs, err)
		}
		rows, err := s.Changes(t.Context(), id, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range rows {
			got = append(got, c.Kind+" "+c.Before+">"+c.After+" "+strings.SplitN(c.Cause, ":", 2)[0])
			if c.Evidence == "" {
				t.Errorf("%s without evidence", c.Kind)
			}
		}
		if diff := cmp.Diff([]string{"class C>D rules", "matrix maintain>observe rules"}, got); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
	})
}

// TestJobGoesOn: a job that its process left goes on where it stood, and one that other rules replaced stops.
func TestJobGoesOn(t *testing.T) {
	now := time.Now()
	s := storetest.SQLite(t, func(o *store.Options) { o.Now = func() time.Time { return now } })
	if added, err := s.AddJob(t.Context(), store.JobClassify, "h1", "x"); err != nil || !added {
		t.Fatal(added, err)
	}
	j, err := s.ClaimJob(t.Context(), store.JobClassify, "h1", time.Minute)
	if err != nil || j == nil {
		t.Fatal(j, err)
	}
	j.Done, j.Position = 200, "aa"
	if err := s.SaveJob(t.Context(), *j); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Minute)
	if j, err = s.ClaimJob(t.Context(), store.JobClassify, "h1", time.Minute); err != nil || j == nil || j.Position != "aa" || j.Done != 200 {
		t.Fatalf("%+v %v", j, err)
	}
	if added, err := s.AddJob(t.Context(), store.JobClassify, "h1", "x"); err != nil || added {
		t.Error("the same rules asked for another job", err)
	}
	if added, err := s.AddJob(t.Context(), store.JobClassify, "h2", "x"); err != nil || !added {
		t.Error(added, err)
	}
	if j, err = s.ClaimJob(t.Context(), store.JobClassify, "h1", time.Minute); err != nil || j != nil {
		t.Errorf("a job of old rules goes on: %+v %v", j, err)
	}
}

// TestFacetsFollowATurn: a turn marks the doctor, and deriving once is enough.
func TestFacetsFollowATurn(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		in := New(Options{Store: s, Library: at(shipped(t))})
		id := turn(t, s, "o1", func(u *store.Turn) { says(u, map[string]string{"department": `"cardiology"`}) })
		if n, err := in.Sweep(t.Context()); err != nil || n != 1 {
			t.Fatalf("claimed %d, %v", n, err)
		}
		got, err := s.Facets(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		want := store.Facets{Doctor: id, Account: storetest.Account, Level: 2, Followed: true, Department: "cardiology", Ladder: "A0", Matrix: "profile", Class: "U",
			Result: "watch", Affinity: -1, Complete: 10}
		known := store.Dossier{Portrait: []store.PortraitValue{{Field: "department", Value: `"cardiology"`}}}
		want.Traits = known.Traits()
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(store.Facets{}, "UpdatedAt")); diff != "" {
			t.Errorf("facets (-want +got):\n%s", diff)
		}
		if n, err := in.Sweep(t.Context()); err != nil || n != 0 {
			t.Errorf("claimed %d again, %v", n, err)
		}
	})
}

// TestSuppressedTag: a tag that the doctor has deleted goes at once and is not derived again before its time.
func TestSuppressedTag(t *testing.T) {
	now := time.Now()
	s := storetest.SQLite(t, func(o *store.Options) { o.Now = func() time.Time { return now } })
	in := New(Options{Store: s, Library: at(shipped(t)), Now: func() time.Time { return now }})
	id := turn(t, s, "o1", func(u *store.Turn) {
		agrees(u, "base", "portrait")
		says(u, map[string]string{"topics": `["ckd"]`})
	})
	has := func() bool {
		d, err := s.Dossier(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range d.Tags {
			if tag.Tag == "关注心肾" {
				return tag.Source == store.SourceRule && strings.Contains(tag.Detail, "关注主题")
			}
		}
		return false
	}
	settle(t, in)
	if !has() {
		t.Fatal("the tag was not derived")
	}
	turn(t, s, "o1", func(u *store.Turn) {
		u.Suppress = []store.Suppression{{Doctor: id, Tag: "关注心肾", Until: now.Add(180 * 24 * time.Hour).UnixMilli(), At: now.UnixMilli()}}
	})
	settle(t, in)
	if has() {
		t.Error("the deleted tag stands")
	}
	turn(t, s, "o1", func(u *store.Turn) { says(u, map[string]string{"topics": `["ckd","dm"]`}) })
	settle(t, in)
	if has() {
		t.Error("the deleted tag was derived again")
	}
	now = now.Add(181 * 24 * time.Hour)
	settle(t, in)
	if !has() {
		t.Error("the tag does not come back after its time")
	}
}

// TestNothingDerivedForWhoSaidNo: a refusal in the doctor's own words clears tags, classes, scores and what behaviour said; one that only followed from
// something else does not, and a yes brings everything back.
func TestNothingDerivedForWhoSaidNo(t *testing.T) {
	s := storetest.SQLite(t)
	in := New(Options{Store: s, Library: at(shipped(t))})
	id := turn(t, s, "o1", func(u *store.Turn) {
		agrees(u, "base", "portrait")
		says(u, map[string]string{"topics": `["ckd"]`, "patient_band": `"ge80"`})
	})
	state := func() [4]int {
		settle(t, in)
		d, err := s.Dossier(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		facets := 0
		if d.Facets != nil {
			facets = 1
		}
		return [4]int{facets, min(len(d.Tags), 1), min(len(d.Scores), 1), min(len(d.Ratings), 1)}
	}
	decides := func(granted bool, raw string) {
		turn(t, s, "o1", func(u *store.Turn) {
			u.Consents = []store.Consent{{Conversation: u.Doctor.ID, Seq: u.Journal.Seq, Purpose: store.PurposePortrait, Granted: granted, Policy: "p", Raw: raw, At: s.Now()}}
		})
	}
	everything, nothing := [4]int{1, 1, 1, 1}, [4]int{}
	for _, step := range []struct {
		what    string
		granted bool
		raw     string
		want    [4]int
	}{
		{"agreed", true, "是", everything}, {"said no", false, "关闭个性化", nothing}, {"said yes", true, "是", everything},
		{"ended with something else", false, "", everything}, // no rule tag is put on, and those that stand are frozen
	} {
		decides(step.granted, step.raw)
		if got := state(); got != step.want {
			t.Errorf("%s: facets, tags, scores, ratings are %v, want %v", step.what, got, step.want)
		}
	}
}

// TestPreview: other rules are tried on the doctors without changing anything; moves carry examples, and a rule for everybody is named.
func TestPreview(t *testing.T) {
	s := storetest.SQLite(t)
	in := New(Options{Store: s, Library: at(shipped(t))})
	for i := range 24 {
		band := `"b10_29"`
		if i%4 == 0 {
			band = `"lt10"`
		}
		turn(t, s, "o"+itoa(int64(i)), func(u *store.Turn) {
			agrees(u, "base", "portrait")
			says(u, map[string]string{"patient_band": band, "ladder": `"A3"`})
		})
	}
	settle(t, in)
	next := edited(t, "classes.yaml", `when: "profile.patient_band == lt10"`, `when: "profile.patient_band in [lt10]"`)
	next, ps := next.WithRules("classes.yaml", strings.Replace(next.RulesFiles()["classes.yaml"], `when: "profile.values has rct or profile.barriers has evidence"`, `when: "profile.patient_band is not empty"`, 1))
	if next == nil {
		t.Fatal(ps)
	}
	p, err := in.Preview(t.Context(), next, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Total != 24 || p.Seen != 24 || p.Changed != 24 || p.Sampled() {
		t.Errorf("preview %+v", p)
	}
	for _, m := range p.Moves {
		if m.From != m.To {
			t.Errorf("move %+v", m)
		}
	}
	if len(p.Tags) != 1 || p.Tags[0].Tag != "看重证据" || p.Tags[0].Before != 0 || p.Tags[0].After != 24 || !p.Tags[0].Everybody {
		t.Errorf("tags %+v", p.Tags)
	}
	next = edited(t, "classes.yaml", `{is: D, when: else`, `{is: B, when: else`)
	if p, err = in.Preview(t.Context(), next, nil); err != nil || p.Changed != 6 {
		t.Fatalf("changed %d, %v", p.Changed, err)
	}
	for _, m := range p.Moves {
		if m.Kind == store.ChangeClass && m.From == "D" && (m.To != "B" || m.Count != 6 || len(m.Examples) != previewExamples || m.Examples[0].Evidence == "") {
			t.Errorf("move %+v", m)
		}
	}
	d, err := s.Facets(t.Context(), store.DoctorID(storetest.Account, "o0"))
	if err != nil || d.Class != "D" {
		t.Errorf("the preview changed %+v %v", d, err)
	}
}

// keen is a doctor whose score is hot and who wants to talk online first.
func keen(u *store.Turn, band string) {
	agrees(u, "base", "portrait", "share_with_rep")
	says(u, map[string]string{"department": `"cardiology"`, "title": `"chief"`, "patient_band": band, "setting": `"clinic"`, "visit_wish": `"online"`, "mobile": `"13800138000"`,
		"barriers": `["evidence"]`, "prefers": `["meeting"]`, "topics": `["ckd"]`, "asked_kind": `"literature"`, "first_visit_done": `"2026-11-22"`, "ladder": `"A1"`})
}

// TestS2_05_LowTierIsBotOnly: of two doctors who became equally hot, the one of the low tier brings no rep; the other one a lead, once, a day later.
func TestS2_05_LowTierIsBotOnly(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s := storetest.SQLite(t, func(o *store.Options) { o.Now = clock })
	in := New(Options{Store: s, Library: at(shipped(t)), Now: clock})
	low := turn(t, s, "low", func(u *store.Turn) { keen(u, `"lt10"`) })
	high := turn(t, s, "high", func(u *store.Turn) { keen(u, `"ge80"`) })
	settle(t, in)
	leads := func(id string) int {
		d, err := s.Dossier(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return len(d.Leads)
	}
	for id, class := range map[string]string{low: "D", high: "A"} {
		f, err := s.Facets(t.Context(), id)
		if err != nil || f.Class != class || f.LeadGrade != "hot" {
			t.Fatalf("facets %+v, %v", f, err)
		}
	}
	if leads(low)+leads(high) != 0 {
		t.Error("a lead on the day of the first visit")
	}
	for range 3 {
		now = now.Add(24 * time.Hour)
		settle(t, in)
	}
	if leads(low) != 0 || leads(high) != 1 {
		t.Errorf("leads: %d of the low tier, %d of the other", leads(low), leads(high))
	}
}

// TestS2_10_Migration: moves from tier to tier are counted month by month.
func TestS2_10_Migration(t *testing.T) {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s := storetest.SQLite(t, func(o *store.Options) { o.Now = clock })
	in := New(Options{Store: s, Library: at(shipped(t)), Now: clock})
	id := turn(t, s, "o", func(u *store.Turn) { says(u, map[string]string{"patient_band": `"b10_29"`, "ladder": `"A3"`}) })
	settle(t, in)
	now = now.Add(40 * 24 * time.Hour)
	turn(t, s, "o", func(u *store.Turn) {
		u.Portrait = []store.PortraitValue{{Doctor: id, Field: "ladder", Value: `"A1"`, Source: store.SourceAnswer, At: now.UnixMilli(), Ref: "x:2:0"}}
	})
	settle(t, in)
	r, err := s.ClassReport(t.Context(), now.Add(-30*24*time.Hour).UnixMilli())
	if err != nil {
		t.Fatal(err)
	}
	want := []store.MoveCount{{Before: "C", After: "B", Count: 1}}
	if diff := cmp.Diff(want, r.Moves); diff != "" {
		t.Errorf("moves (-want +got):\n%s", diff)
	}
	if r.Total != 1 || r.Grid["mid"]["A1"] != 1 || r.By[store.ChangeClass]["B"] != 1 {
		t.Errorf("report %+v", r)
	}
}

// TestS2_07_Effort: what was spent on a doctor is known: messages that went out, visits and the minutes of reps.
func TestS2_07_Effort(t *testing.T) {
	s := storetest.SQLite(t)
	id := turn(t, s, "o", func(u *store.Turn) {
		for n := range 3 {
			u.Effects = append(u.Effects, store.Effect{Key: u.Doctor.ID + ":" + itoa(int64(n)), Lane: store.DoctorLane(u.Doctor.ID), Kind: store.KindText, Body: []byte(`{}`), Intent: store.IntentPush})
		}
	})
	for range 2 {
		claimed, err := s.ClaimEffects(t.Context(), "x", 1, time.Minute)
		if err != nil || len(claimed) != 1 {
			t.Fatal(len(claimed), err)
		}
		if err := s.FinishEffect(t.Context(), claimed[0], store.EffectResult{Status: store.EffectDone}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Efforts(t.Context(), []string{id, "nobody"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]store.Effort{id: {Touches: 2}}, got); diff != "" {
		t.Errorf("effort (-want +got):\n%s", diff)
	}
}

// TestS2_08_KOLIsNotSuper: standing among colleagues and being a super customer are kept apart, and no figure of sales or prescriptions of a doctor exists.
func TestS2_08_KOLIsNotSuper(t *testing.T) {
	for _, record := range []any{store.Super{}, store.Facets{}, store.Rating{}, store.Doctor{}} {
		typ := reflect.TypeOf(record)
		for i := range typ.NumField() {
			name := strings.ToLower(typ.Field(i).Name)
			for _, bad := range []string{"kol", "sales", "prescri", "boxes", "volume", "revenue"} {
				if strings.Contains(name, bad) {
					t.Errorf("%s has %s", typ.Name(), typ.Field(i).Name)
				}
			}
		}
	}
}

// doctorsOf lists the doctors that a filter holds for.
func doctorsOf(t *testing.T, s *store.Store, f store.Filter, n int) (ids []string, err error) {
	t.Helper()
	rows, err := s.SampleDoctors(t.Context(), f, "", n)
	for _, r := range rows {
		ids = append(ids, r.Doctor)
	}
	return ids, err
}

// TestS1_09_FiguresByEveryCut: answers and behaviour are counted by product, region, level of the hospital and title, alone and together.
func TestS1_09_FiguresByEveryCut(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		in := New(Options{Store: s, Library: at(shipped(t))})
		hospitals := []store.Hospital{
			{ID: "h1", Name: "一院", Level: "3a", Grade: "tertiary", Province: "浙江", Aliases: "[]"}, {ID: "h2", Name: "二院", Level: "2a", Grade: "county", Province: "江苏", Aliases: "[]"},
		}
		im, err := s.BeginImport(t.Context(), store.Import{Kind: store.KindHospitals})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.ImportHospitals(t.Context(), im, func(do func([]store.Hospital) error) error { return do(hospitals) }); err != nil {
			t.Fatal(err)
		}
		for i, h := range hospitals {
			for j := range 2 + i {
				id := turn(t, s, h.ID+itoa(int64(j)), func(u *store.Turn) {
					agrees(u, "base", "portrait")
					u.Doctor.Hospital, u.Doctor.HospitalName = h.ID, h.Name
					title := `"chief"`
					if j == 0 {
						title = `"attending"`
					}
					says(u, map[string]string{"title": title, "patient_band": `"ge80"`, "ladder": `"A3"`})
				})
				if err := s.Did(t.Context(), store.Behaviour{Doctor: id, Kind: store.DidRead, Object: "ckd_review", Topics: `["ckd"]`, Ref: "r", At: s.Now()}); err != nil {
					t.Fatal(err)
				}
			}
		}
		settle(t, in)
		for source, want := range map[string]int64{
			"hospital.level == '3a'": 2, "hospital.province == '江苏'": 3, "profile.title == chief": 3, "sample_sartan.ladder == A3": 5, "count(read, 90d) >= 1": 5,
			"hospital.grade == county and profile.title == chief and sample_sartan.ladder in [A3, A4] and count(read, 90d) >= 1": 2,
		} {
			g, ps := in.Segment(source)
			if g == nil {
				t.Fatal(ps)
			}
			if c, err := in.Count(t.Context(), g, ""); err != nil || c.Count != want || c.Total != 5 {
				t.Errorf("%s: %d of %d, %v, want %d", source, c.Count, c.Total, err, want)
			}
		}
		r, err := s.ClassReport(t.Context(), 0)
		if err != nil || r.Total != 5 || r.Grid["high"]["A3"] != 5 {
			t.Errorf("the grid %+v, %v", r.Grid, err)
		}
	})
}
