package insight

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

const sartan = "sample_sartan"

// knows is a doctor who knows and likes the product.
var knows = map[string]string{"quiz_label": `"right"`, "ladder": `"A5"`, "nps_company": "10", "aff_trust": "5", "aff_share": "5", "title": `"chief"`,
	"academic_roles": `["guideline","committee"]`, "kol_tier": `"national"`, "cocreate": `["case"]`, "emotional_channel": `"peer"`, "career_stage": `"lead"`, "values": `["rct"]`}

func candidate(t *testing.T, s *store.Store, in *Insight, openID string) string {
	t.Helper()
	id := turn(t, s, openID, func(u *store.Turn) {
		says(u, knows)
		agrees(u, "base", "push", store.PurposeShare)
		u.Did = []store.Behaviour{{Doctor: u.Doctor.ID, Kind: store.DidAsk, At: s.Now()}, {Doctor: u.Doctor.ID, Kind: store.DidAttend, At: s.Now()}}
	})
	settle(t, in)
	return id
}

func super(t *testing.T, s *store.Store, id string) store.Super {
	t.Helper()
	f, err := s.SuperFile(t.Context(), id, sartan)
	if errors.Is(err, store.ErrNotFound) {
		return store.Super{}
	}
	if err != nil {
		t.Fatal(err)
	}
	return f.Super
}

// as is a person at work.
func as(t *testing.T, name, role string) context.Context {
	return store.As(t.Context(), store.Viewer{Name: name, Role: role, Reach: store.ReachAll})
}

func confirm(doctor, first, firstRole, second, secondRole string) store.SuperConfirm {
	return store.SuperConfirm{Doctor: doctor, Product: sartan, First: first, FirstRole: firstRole, Second: second, SecondRole: secondRole, Least: 75, Share: 10,
		Review: 180 * 24 * time.Hour, Reason: "科里公认"}
}

// TestS2_13_CandidateToRelied: the rules find a candidate in the transaction of everything derived, two people of different roles confirm, the card is
// written, an outcome recorded: the stage follows, with a history, and the next step is never empty.
func TestS2_13_CandidateToRelied(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		in := New(Options{Store: s, Library: at(shipped(t))})
		id := candidate(t, s, in, "c1")
		stages := []string{}
		look := func() store.Super {
			settle(t, in)
			r := super(t, s, id)
			p := r.Read()
			if r.NextStep == "" && p.Next.Say == "" || r.NextAt == 0 {
				t.Fatalf("%s has no next step", r.Stage)
			}
			stages = append(stages, r.Stage)
			return r
		}
		if r := look(); r.Status != store.SuperCandidate || r.Best < 75 || r.Version == 0 {
			t.Fatalf("%+v", r)
		}
		for want, c := range map[error]store.SuperConfirm{
			store.ErrSamePerson: confirm(id, "a", store.RoleManager, "a", store.RoleMedical),
			store.ErrSameRole:   confirm(id, "a", store.RoleMedical, "b", store.RoleMedical),
			store.ErrSuperPoints: func() store.SuperConfirm {
				c := confirm(id, "a", store.RoleManager, "b", store.RoleMedical)
				c.Least = 101
				return c
			}(),
		} {
			if err := s.ConfirmSuper(t.Context(), c); !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		}
		must(t, s.ConfirmSuper(as(t, "b", store.RoleMedical), confirm(id, "a", store.RoleManager, "b", store.RoleMedical)))
		if r := look(); r.Status != store.SuperConfirmed || r.FirstRole == r.SecondRole || r.ReviewAt <= r.ConfirmedAt {
			t.Fatalf("%+v", r)
		}
		ctx := as(t, "a", store.RoleManager)
		must(t, s.WriteSuperCard(ctx, store.SuperCard{Doctor: id, Product: sartan, Empathy: "在意患者少住院", Taboo: "不谈用量"}))
		look()
		must(t, s.AddInfluence(ctx, store.Influence{Doctor: id, Product: sartan, Kind: store.InfluenceShared, Note: "讲了一例"}))
		must(t, s.DoneSuper(ctx, id, sartan, "讲了一例，反响不错"))
		look()
		if got := strings.Join(stages, " "); got != "understand understand influence rely" {
			t.Error(got)
		}
		f, err := s.SuperFile(t.Context(), id, sartan)
		must(t, err)
		events := ""
		for _, m := range f.Moves {
			events = m.Event + " " + events
		}
		if !strings.HasPrefix(events, "derive confirm ") || !strings.Contains(events, "card") || !strings.Contains(events, "influence") {
			t.Errorf("history %s", events)
		}
		past, err := s.DoctorPast(t.Context(), id, 0)
		must(t, err)
		moved := false
		for _, c := range past.Changes {
			moved = moved || c.Kind == store.ChangeStage && c.After == "rely"
		}
		if !moved {
			t.Error("the timeline does not know of the stage")
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestS2_22_FlagRemovesTheStatus: a request for a benefit takes the status away, tells compliance, and keeps everybody from confirming; only compliance
// sets it aside, and then two people must decide again.
func TestS2_22_FlagRemovesTheStatus(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		in := New(Options{Store: s, Library: at(shipped(t))})
		id := candidate(t, s, in, "m1")
		must(t, s.ConfirmSuper(t.Context(), confirm(id, "a", store.RoleManager, "b", store.RoleMedical)))
		settle(t, in)
		flag := func(no string) {
			turn(t, s, "m1", func(u *store.Turn) {
				u.Flags = []store.Flag{{ID: no, Doctor: id, Kind: store.FlagBenefit, Words: "有讲课费吗", Status: store.FlagOpen, At: s.Now()}}
			})
		}
		flag("f1")
		settle(t, in)
		if r := super(t, s, id); r.Status != store.SuperDropped || r.Reason != "material" {
			t.Fatalf("%s %s", r.Status, r.Reason)
		}
		flags, err := s.Flags(t.Context(), 5)
		if must(t, err); len(flags) != 1 {
			t.Errorf("compliance has %d flags", len(flags))
		}
		if err := s.ConfirmSuper(t.Context(), confirm(id, "a", store.RoleManager, "b", store.RoleMedical)); !errors.Is(err, store.ErrMoved) {
			t.Errorf("confirmed again: %v", err)
		}
		if err := s.ClearBenefit(as(t, "c", store.RoleCompliance), id, sartan, ""); !errors.Is(err, store.ErrNoReason) {
			t.Errorf("without a reason: %v", err)
		}
		must(t, s.ClearBenefit(as(t, "c", store.RoleCompliance), id, sartan, "问的是会议是否收费"))
		settle(t, in)
		if r := super(t, s, id); r.Status != store.SuperCandidate {
			t.Errorf("set aside: %s %s", r.Status, r.Reason)
		}
		flag("f2") // typed while two people are deciding: the status has not followed yet
		if err := s.ConfirmSuper(t.Context(), confirm(id, "a", store.RoleManager, "b", store.RoleMedical)); !errors.Is(err, store.ErrMaterial) {
			t.Errorf("confirmed over a flag: %v", err)
		}
	})
}

// TestS2_22_ConsentWithdrawn: whoever no longer agrees to be remembered is weighed no more, and nothing of the weighing stays.
func TestS2_22_ConsentWithdrawn(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		in := New(Options{Store: s, Library: at(shipped(t))})
		left, kept := candidate(t, s, in, "w1"), candidate(t, s, in, "w2")
		must(t, s.ConfirmSuper(t.Context(), confirm(kept, "a", store.RoleManager, "b", store.RoleMedical)))
		settle(t, in)
		for _, openID := range []string{"w1", "w2"} {
			turn(t, s, openID, func(u *store.Turn) {
				u.Consents = []store.Consent{{Conversation: u.Doctor.ID, Seq: u.Journal.Seq, Purpose: "push", Policy: "v1"}}
			})
		}
		settle(t, in)
		if r := super(t, s, left); r.Status != "" {
			t.Errorf("a candidate is still %s", r.Status)
		}
		for _, id := range []string{left, kept} { // whatever the withdrawal means for the rest, no score stays
			if r := super(t, s, id); r.Best != 0 {
				t.Errorf("%d points stay", r.Best)
			}
		}
		r := super(t, s, kept)
		if p := r.Read(); r.Status != store.SuperDropped || r.Best != 0 || len(p.Lenses) != 0 {
			t.Errorf("%s with %d points and %d lenses", r.Status, r.Best, len(p.Lenses))
		}
	})
}

// TestS2_24_AtMostOneInTen: a product has at most a tenth of the verified doctors, counted under a lock; regions show where nobody is.
func TestS2_24_AtMostOneInTen(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		in := New(Options{Store: s, Library: at(shipped(t))})
		ids := []string{candidate(t, s, in, "t1"), candidate(t, s, in, "t2")}
		must(t, s.ConfirmSuper(t.Context(), confirm(ids[0], "a", store.RoleManager, "b", store.RoleMedical)))
		if err := s.ConfirmSuper(t.Context(), confirm(ids[1], "a", store.RoleManager, "b", store.RoleMedical)); !errors.Is(err, store.ErrSuperFull) {
			t.Fatalf("two of two: %v", err)
		}
		room, err := s.SuperRoom(t.Context(), sartan, 10)
		if must(t, err); room.Confirmed != 1 || room.Most != 1 || room.Verified != 2 {
			t.Errorf("%+v", room)
		}
		regions, err := s.SuperRegions(t.Context(), sartan)
		if must(t, err); len(regions) != 1 || regions[0].Verified != 2 || regions[0].Confirmed != 1 || regions[0].Candidate != 1 {
			t.Errorf("%+v", regions)
		}
	})
}

// TestS2_09_InfluenceLedger: what a doctor helped to is seen on both sides, once each, and an erased doctor leaves no trace in it.
func TestS2_09_InfluenceLedger(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		in := New(Options{Store: s, Library: at(shipped(t))})
		who, about := candidate(t, s, in, "i1"), candidate(t, s, in, "i2")
		row := store.Influence{Doctor: who, Product: sartan, Kind: store.InfluenceReferral, Other: about, Note: "介绍同科同事"}
		for range 2 {
			must(t, s.AddInfluence(as(t, "a", store.RoleManager), row))
		}
		row.Kind = "sales"
		if err := s.AddInfluence(t.Context(), row); !errors.Is(err, store.ErrForbidden) {
			t.Errorf("sales are an outcome: %v", err)
		}
		one, err := s.SuperFile(t.Context(), who, sartan)
		must(t, err)
		other, err := s.SuperFile(t.Context(), about, sartan)
		must(t, err)
		if len(one.Helped) != 1 || one.Helped[0].About.ID != about || len(other.By) != 1 || other.By[0].Who.ID != who {
			t.Errorf("helped %+v, by %+v", one.Helped, other.By)
		}
		_, err = s.Erase(t.Context(), about, store.EraseRequest)
		must(t, err)
		one, err = s.SuperFile(t.Context(), who, sartan)
		if must(t, err); len(one.Helped) != 1 || one.Helped[0].Other != "" || one.Helped[0].Note != "" {
			t.Errorf("after erasing: %+v", one.Helped)
		}
	})
}

// TestS2_31_StepsFallDue: a step of the house's own stands with its day until it is done; then the rules say what comes next.
func TestS2_31_StepsFallDue(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		in := New(Options{Store: s, Library: at(shipped(t))})
		id := candidate(t, s, in, "n1")
		ctx := as(t, "a", store.RoleManager)
		must(t, s.PlanSuper(ctx, id, sartan, "送一份文献", s.Now()-1000))
		settle(t, in)
		if r := super(t, s, id); r.NextStep != "送一份文献" || r.NextAt >= s.Now() {
			t.Errorf("%q at %d", r.NextStep, r.NextAt)
		}
		must(t, s.DoneSuper(ctx, id, sartan, "送到了，医生要原文"))
		settle(t, in)
		r := super(t, s, id)
		if p := r.Read(); r.NextStep != "" || p.Next.Say == "" || r.NextAt <= s.Now() {
			t.Errorf("%q, rules %q at %d", r.NextStep, p.Next.Say, r.NextAt)
		}
		again := r.NextAt
		must(t, s.AddInfluence(ctx, store.Influence{Doctor: id, Product: sartan, Kind: store.InfluenceSpoke}))
		settle(t, in)
		if r := super(t, s, id); r.NextAt != again {
			t.Errorf("deriving again moved the day from %d to %d", again, r.NextAt)
		}
	})
}

// TestS2_18_CardIsReadBeforeTheVisit: the receipt of a rep holds until the card changes; two who write at once do not lose a word.
func TestS2_18_CardIsReadBeforeTheVisit(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		in := New(Options{Store: s, Library: at(shipped(t))})
		id := candidate(t, s, in, "e1")
		write := func(text, was string) error {
			return s.WriteSuperCard(as(t, "a", store.RoleManager), store.SuperCard{Doctor: id, Product: sartan, Empathy: text, Was: was})
		}
		if err := write(strings.Repeat("长", 81), ""); !errors.Is(err, store.ErrTooLong) {
			t.Errorf("81 characters: %v", err)
		}
		must(t, write("在意带教", ""))
		if err := write("别人写的", ""); !errors.Is(err, store.ErrMoved) {
			t.Errorf("written over: %v", err)
		}
		for range 2 {
			must(t, s.ReadSuperCard(t.Context(), id, sartan, "wang"))
		}
		if _, read, err := s.SuperOf(t.Context(), id, "wang"); err != nil || !read {
			t.Errorf("read %v, %v", read, err)
		}
		if _, read, err := s.SuperOf(t.Context(), id, "li"); err != nil || read {
			t.Errorf("somebody else has read it: %v, %v", read, err)
		}
		must(t, write("在意带教和同行", "在意带教"))
		if _, read, err := s.SuperOf(t.Context(), id, "wang"); err != nil || read {
			t.Errorf("the new card is read: %v, %v", read, err)
		}
	})
}
