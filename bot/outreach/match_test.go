package outreach

import (
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// papers is a catalogue of papers, with a video about the same.
func papers() []flows.Content {
	out := []flows.Content{{ID: "video_ckd", Kind: "video", Topics: []string{"ckd"}, Until: never, URL: "https://c.example.com/v"}}
	for _, id := range []string{"p1", "p2", "p3", "p4", "p5"} {
		out = append(out, flows.Content{ID: id, Kind: "literature", Topics: []string{"ckd"}, Until: never, URL: "https://c.example.com/" + id})
	}
	return out
}

// next plans another push for a doctor and gives what it brought.
func next(t *testing.T, s *store.Store, o *Outreach, id, name string) store.Push {
	t.Helper()
	file, err := s.LoadDoctor(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	last, err := s.LastTurn(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	turn := &store.Turn{
		Journal: store.Journal{Conversation: id, Seq: last.Seq + 1, MessageKey: name, Kind: "text", Event: []byte("{}"), State: []byte("{}"), Reply: []byte("{}"), ReceivedAt: s.Now()},
		Doctor:  file.Doctor, Pushes: []store.Push{{ID: name, Doctor: id, Cause: "visit:" + name, Status: store.PushPlanned, DueAt: s.Now(), At: s.Now()}},
	}
	if _, err := s.CommitTurn(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	if err := o.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := s.DoctorRecord(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Pushes {
		if p.ID == name {
			return p
		}
	}
	t.Fatalf("no push %s", name)
	return store.Push{}
}

// S1-27 and the 15th scenario: a doctor who asked for papers gets papers; after three that were not opened another kind comes, and the reason says so.
func TestS1_27_ThreeIgnoredPapers(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		o := New(Options{Store: s, Contents: papers, Match: steady})
		id := seed(t, s, "o1", doctor{level: 2, consents: map[string]bool{"push": true, "portrait": true}, portrait: map[string]string{"prefers": `["literature"]`, "topics": `["ckd"]`}})
		for n, want := range []string{"p2", "p3", "p4", "video_ckd"} { // the first push of seed takes p1
			p := next(t, s, o, id, "push"+want)
			if p.Content != want {
				t.Fatalf("push %d: %s (%s), want %s", n, p.Content, p.Reason, want)
			}
			at := s.Now() + int64(n)
			err := s.Did(t.Context(), store.Behaviour{Doctor: id, Kind: store.DidSent, Object: want, Ref: store.SentRef(want), At: at},
				store.Behaviour{Doctor: id, Kind: store.DidIgnore, Object: want, Ref: store.SentRef(want), At: at})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A word for a kind that is older than half a year gives way to what the doctor opens.
func TestOldWordsGiveWay(t *testing.T) {
	now := time.Now()
	s := storetest.SQLite(t, func(o *store.Options) { o.Now = func() time.Time { return now } })
	o := New(Options{Store: s, Contents: papers, Match: steady, Now: func() time.Time { return now }})
	id := seed(t, s, "o1", doctor{level: 2, consents: map[string]bool{"push": true}, portrait: map[string]string{"prefers": `["literature"]`}})
	if p := next(t, s, o, id, "push1"); !strings.HasPrefix(p.Reason, "kind\n") {
		t.Errorf("%s: %s", p.Content, p.Reason)
	}
	for i, kind := range []string{store.DidSent, store.DidOpen} {
		if err := s.Did(t.Context(), store.Behaviour{Doctor: id, Kind: kind, Object: "video_ckd", Ref: "earlier", At: s.Now() + int64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(181 * 24 * time.Hour)
	if p := next(t, s, o, id, "push2"); p.Content != "video_ckd" || !strings.Contains(p.Reason, "1/1") {
		t.Errorf("%s: %s", p.Content, p.Reason)
	}
}

// With the portrait refused nothing personal counts: the newest item comes, whatever the doctor is known to like.
func TestRefusedPortraitIsPlain(t *testing.T) {
	s := storetest.SQLite(t)
	dated := papers()
	dated[0].Date = time.Now().AddDate(0, -1, 0)
	o := New(Options{Store: s, Contents: func() []flows.Content { return dated }, Match: steady})
	id := seed(t, s, "o1", doctor{level: 2, consents: map[string]bool{"push": true, "portrait": false}, portrait: map[string]string{"prefers": `["literature"]`, "topics": `["ckd"]`}})
	if err := o.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p, _ := push(t, s, id); p.Content != "video_ckd" || !strings.HasPrefix(p.Reason, "next\nfresh ") || strings.Contains(p.Reason, "topics") {
		t.Errorf("%s: %q", p.Content, p.Reason)
	}
}
