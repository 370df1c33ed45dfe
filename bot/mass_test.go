package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// crowd is the platform's side of mass sends.
type crowd struct {
	mu     sync.Mutex
	orders []MassOrder
	answer func(n int) (string, error) // n counts the calls from 1; nil = yes
}

func (c *crowd) SendMass(_ context.Context, o MassOrder) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orders = append(c.orders, o)
	if c.answer == nil {
		return fmt.Sprint("msg", len(c.orders)), nil
	}
	return c.answer(len(c.orders))
}

// audience makes doctors to whom nothing can be sent and who wait for the same content.
func audience(t *testing.T, st *store.Store, c *clock, n int) []string {
	t.Helper()
	var ids []string
	for i := range n {
		openID := fmt.Sprint("o", i)
		id := store.DoctorID(st.Account(), openID)
		turn := &store.Turn{
			Journal:  store.Journal{Conversation: id, Seq: 1, MessageKey: "seed-" + openID, Kind: "text"},
			Doctor:   store.Doctor{ID: id, OpenID: openID, Followed: true, Phase: store.PhaseIdle, Level: store.LevelVerified},
			Consents: []store.Consent{{Conversation: id, Seq: 1, Purpose: store.PurposePush, Granted: true}},
			Sent:     []store.Sent{{Doctor: id, Content: "lit", Effect: "push:" + openID, At: st.Now()}},
		}
		if _, err := st.CommitTurn(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		pushTo(t, st, openID, "push:"+openID, "lit")
		ids = append(ids, id)
	}
	return ids
}

func pushTo(t *testing.T, st *store.Store, openID, key, content string) {
	t.Helper()
	body, err := json.Marshal(News{OpenID: openID, Content: content, Title: "文献", URL: "https://c.example.com/1"})
	if err != nil {
		t.Fatal(err)
	}
	e := Effect{Key: key, Lane: store.DoctorLane(store.DoctorID(st.Account(), openID)), Kind: store.KindNews, Intent: store.IntentPush, Body: body}
	if err := st.AddEffects(t.Context(), []Effect{e}); err != nil {
		t.Fatal(err)
	}
}

// broadcaster is a Bot that drains and makes mass sends.
func broadcaster(t *testing.T, st *store.Store, c *clock, out *outside, to MassSender) *Bot {
	t.Helper()
	l := library(t)
	engine, err := flows.NewEngine(l, OldLibraries(st))
	if err != nil {
		t.Fatal(err)
	}
	r := platform
	r.Mass = true
	return New(Options{Store: st, Sessions: storetest.Embedded(t), Engine: always(engine), Senders: out.senders(), Mass: to, Rules: r, Zone: time.FixedZone("CST", 8*3600), Instance: "one", Now: c.Now})
}

func round(t *testing.T, b *Bot, want int) {
	t.Helper()
	if n, err := b.MassRound(t.Context()); n != want || err != nil {
		t.Fatalf("%d mass sends, want %d, %v", n, want, err)
	}
}

// sends is the state of the mass sends, newest first.
func sends(t *testing.T, st *store.Store) []store.MassSend {
	t.Helper()
	m, err := st.MassSends(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func used(t *testing.T, st *store.Store, doctor string) int {
	t.Helper()
	p, err := st.Purse(t.Context(), doctor)
	if err != nil {
		t.Fatal(err)
	}
	return p.MassUsed
}

// One call for all who wait for the same content; who may get it another way, or wants none, is not among them. The report is written.
func TestAMassSendForThoseWhoWait(t *testing.T) {
	c := newClock(noon)
	st := storetest.SQLite(t, c.option())
	ids := audience(t, st, c, 5)
	open := doctorRow(t, st, "o5", nil)
	pushTo(t, st, "o5", "push:o5", "lit")
	to, out := &crowd{}, &outside{}
	b := broadcaster(t, st, c, out, to)
	b.DrainDue(t.Context()) // o5 never agreed to pushes
	pushTo(t, st, "o0", "push:other", "case")
	b.DrainDue(t.Context())
	leave := &store.Turn{Journal: store.Journal{Conversation: ids[4], Seq: 2, MessageKey: "left", Kind: "event"}, Doctor: store.Doctor{ID: ids[4], OpenID: "o4", Phase: store.PhaseIdle}}
	if _, err := st.CommitTurn(t.Context(), leave); err != nil {
		t.Fatal(err)
	}
	round(t, b, 1)
	want := []MassOrder{{Key: sends(t, st)[0].ID, OpenIDs: []string{"o0", "o1", "o2", "o3"}, News: News{Content: "lit", Title: "文献", URL: "https://c.example.com/1"}}}
	if diff := cmp.Diff(want, to.orders); diff != "" {
		t.Errorf("orders (-want +got):\n%s", diff)
	}
	round(t, b, 0) // nobody else waits for the same
	if used(t, st, ids[0]) != 1 || used(t, st, ids[4]) != 0 || used(t, st, open) != 0 {
		t.Errorf("counted %d, %d and %d", used(t, st, ids[0]), used(t, st, ids[4]), used(t, st, open))
	}
	r, err := st.DoctorRecord(t.Context(), ids[0])
	if err != nil || r.Sent[0].SentAt == 0 {
		t.Errorf("the content does not count as given: %+v, %v", r.Sent, err)
	}
	report := Inbound{Account: st.Account(), OpenID: "platform", Key: "r1", Kind: "event", Event: "MASSSENDJOBFINISH", Report: &Report{MsgID: "msg1", Status: "send success", Sent: 3, Failed: 1}}
	for range 2 {
		if reply, err := b.Receive(t.Context(), report); err != nil || reply.Text != "" {
			t.Fatalf("report: %q, %v", reply.Text, err)
		}
	}
	if m := sends(t, st)[0]; m.Status != store.MassDone || m.Sent != 3 || m.Failed != 1 || m.Doctors != 4 {
		t.Errorf("after the report: %+v", m)
	}
	if _, err := st.LoadDoctor(t.Context(), store.DoctorID(st.Account(), "platform")); err == nil {
		t.Error("the platform has become a doctor")
	}
}

// What the platform answers decides what becomes of the effects and of what was counted.
func TestMassSendsThatFail(t *testing.T) {
	refuse := func(c Class) func(int) (string, error) {
		return func(int) (string, error) { return "", &SendError{Class: c, Code: 1, Reason: "no"} }
	}
	for name, tt := range map[string]struct {
		answer  func(int) (string, error)
		effects map[string]int64
		status  string
		used    int
		calls   int
	}{
		"busy":         {refuse(ClassRetry), map[string]int64{store.EffectWaiting: 3}, store.MassFailed, 0, 1},
		"no quota":     {refuse(ClassWait), map[string]int64{store.EffectWaiting: 3}, store.MassFailed, 4, 1},
		"too long":     {refuse(ClassContent), map[string]int64{store.EffectDead: 3}, store.MassFailed, 0, 1},
		"answers lost": {refuse(ClassUnknown), map[string]int64{store.EffectDead: 3}, store.MassFailed, 1, massTries},
		"one is lost": {func(n int) (string, error) {
			return map[int]string{2: "m"}[n], map[int]error{1: &SendError{Class: ClassUnknown, Reason: "lost"}}[n]
		}, map[string]int64{store.EffectDone: 3}, store.MassAccepted, 1, 2},
		"a panic":           {func(int) (string, error) { panic("sender") }, map[string]int64{store.EffectDead: 3}, store.MassFailed, 1, massTries},
		"known already":     {func(int) (string, error) { return "", nil }, map[string]int64{store.EffectDone: 3}, store.MassAccepted, 1, 1},
		"no answer's error": {func(int) (string, error) { return "", context.DeadlineExceeded }, map[string]int64{store.EffectDead: 3}, store.MassFailed, 1, massTries},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClock(noon)
			st := storetest.SQLite(t, c.option())
			ids := audience(t, st, c, 3)
			to := &crowd{answer: tt.answer}
			b := broadcaster(t, st, c, &outside{}, to)
			b.DrainDue(t.Context())
			round(t, b, 1)
			for range massTries + 2 {
				c.advance(massLease + time.Second)
				round(t, b, 0)
			}
			if diff := cmp.Diff(tt.effects, counts(t, st)); diff != "" {
				t.Errorf("outbox (-want +got):\n%s", diff)
			}
			keys := map[string]bool{}
			for _, o := range to.orders {
				keys[o.Key] = true
			}
			if m := sends(t, st); len(m) != 1 || m[0].Status != tt.status || used(t, st, ids[0]) != tt.used || len(to.orders) != tt.calls || len(keys) != 1 {
				t.Errorf("%+v; counted %d, %d calls under %d keys; want %s, %d, %d, 1", m, used(t, st, ids[0]), len(to.orders), len(keys), tt.status, tt.used, tt.calls)
			}
		})
	}
}

// A message that the platform took and did not deliver is a dead letter, which a person may send again.
func TestAnUndeliveredTemplateMessageIsADeadLetter(t *testing.T) {
	c := newClock(noon)
	st := storetest.SQLite(t, c.option())
	audience(t, st, c, 1)
	out := &outside{answer: func(int, Effect) (Receipt, error) { return Receipt{MessageID: "77"}, nil }}
	b := broadcaster(t, st, c, out, nil)
	lane := store.DoctorLane(store.DoctorID(st.Account(), "o0"))
	if err := st.AddEffects(t.Context(), []Effect{{Key: "n", Lane: lane, Kind: store.KindText, Intent: store.IntentNotice, Body: []byte(`{"text":"x"}`)}}); err != nil {
		t.Fatal(err)
	}
	b.DrainDue(t.Context())
	if n := counts(t, st)[store.EffectDone]; n != 1 {
		t.Fatalf("%d sent", n)
	}
	tell := func(msgID, status string, dead int64) {
		in := Inbound{Account: st.Account(), OpenID: "o0", Key: status + msgID, Kind: "event", Event: "TEMPLATESENDJOBFINISH", Report: &Report{MsgID: msgID, Status: status}}
		if _, err := b.Receive(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		if n := counts(t, st)[store.EffectDead]; n != dead {
			t.Errorf("after %s of %s: %d dead letters, want %d", status, msgID, n, dead)
		}
	}
	tell("77", "success", 0)
	tell("78", "failed:user block", 0)
	tell("77", "failed:user block", 1)
}

// A report that comes before the call has ended is refused, so that it comes again.
func TestAReportThatIsFasterThanItsCall(t *testing.T) {
	c := newClock(noon)
	st := storetest.SQLite(t, c.option())
	audience(t, st, c, 2)
	b := broadcaster(t, st, c, &outside{}, nil)
	report := Inbound{Account: st.Account(), OpenID: "platform", Key: "r", Kind: "event", Event: "MASSSENDJOBFINISH", Report: &Report{MsgID: "msg1", Status: "send success", Sent: 2}}
	b.mass = &crowd{answer: func(int) (string, error) {
		if _, err := b.Receive(context.Background(), report); err == nil {
			t.Error("the report was taken although nobody knew its send")
		}
		return "msg1", nil
	}}
	b.DrainDue(t.Context())
	round(t, b, 1)
	if _, err := b.Receive(t.Context(), report); err != nil {
		t.Fatal(err)
	}
	if m := sends(t, st)[0]; m.Status != store.MassDone || m.Sent != 2 {
		t.Errorf("%+v", m)
	}
}
