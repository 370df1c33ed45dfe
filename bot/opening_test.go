package bot

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

const backFlow = `flow: back
title: 许久没有联系
approval: {no: T-1, until: 2030-12-31}
start: {on: ["push:back", "word:回来"], when: "consent.base and profile.lost is empty", again: 90d}
inputs: {topic: {type: text}, n: {type: number, default: "1"}}
steps:
  - id: want
    ask: 关于${input.topic}的资料，您要第${input.n}期吗？
    type: yesno
  - say: 谢谢。
  - end: done
`

const careFlow = `flow: care
title: 换了联系人
kind: service
approval: {no: T-2, until: 2030-12-31}
start: {on: ["push:care"], when: consent.base}
steps:
  - say: 您的联系人换了。
  - end: done
`

// opener is a bot on the flows above with one doctor who has agreed to everything and wrote a moment ago.
type opener struct {
	*sleeper
	doctor string
}

func newOpener(t *testing.T, st *store.Store, se *session.Sessions, clk *clock) *opener {
	l, problems := flows.Load(fstest.MapFS{"back.yaml": {Data: []byte(backFlow)}, "care.yaml": {Data: []byte(careFlow)}, "poll.yaml": {Data: []byte(pollFlow)}})
	for _, p := range problems {
		if p.Level == "error" {
			t.Fatal(p.Text())
		}
	}
	s := &sleeper{t: t, store: st, clock: clk, platform: &outside{}}
	s.bot = s.instance(l, se, "one")
	return &opener{sleeper: s, doctor: store.DoctorID(storetest.Account, "o1")}
}

func openers(t *testing.T, test func(t *testing.T, o *opener, se *session.Sessions)) {
	t.Run("embedded", func(t *testing.T) {
		clk, se := newClock(noon), storetest.Embedded(t)
		test(t, newOpener(t, storetest.SQLite(t, clk.option()), se, clk), se)
	})
	t.Run("real", func(t *testing.T) {
		clk, se := newClock(noon), storetest.Redis(t)
		test(t, newOpener(t, storetest.MariaDB(t, clk.option()), se, clk), se)
	})
}

// plan seeds the doctor with one planned push.
func (o *opener) plan(flow string, inputs map[string]string, change func(*store.Turn)) store.Push {
	o.t.Helper()
	given, err := json.Marshal(inputs)
	if err != nil {
		o.t.Fatal(err)
	}
	now := o.store.Now()
	p := store.Push{ID: "push-1", Doctor: o.doctor, Cause: "test:1", Status: store.PushPlanned, Flow: flow, Inputs: string(given), DueAt: now, At: now}
	turn := &store.Turn{
		Journal: store.Journal{Conversation: o.doctor, Seq: 1, MessageKey: "seed", Kind: "text"}, Pushes: []store.Push{p},
		Doctor: store.Doctor{ID: o.doctor, OpenID: "o1", Followed: true, Phase: store.PhaseIdle, LastTypedAt: now, LastInboundAt: now},
		Opens:  platform.opens(Inbound{Kind: "text", SentAt: o.clock.Now()}, 0, now),
	}
	for _, purpose := range []string{store.PurposeBase, store.PurposePush} {
		turn.Consents = append(turn.Consents, store.Consent{Conversation: o.doctor, Seq: 1, Purpose: purpose, Policy: "p1", Granted: true, Raw: "好", At: now})
	}
	if change != nil {
		change(turn)
	}
	if _, err := o.store.CommitTurn(o.t.Context(), turn); err != nil {
		o.t.Fatal(err)
	}
	return p
}

func (o *opener) begin(p store.Push) string {
	o.t.Helper()
	why, err := o.bot.Begin(o.t.Context(), p)
	if err != nil {
		o.t.Fatal(err)
	}
	return why
}

// stands is how the push stands, and what waits to be sent: intent and text.
func (o *opener) stands() (store.Push, []string) {
	o.t.Helper()
	r := remains(o.t, o.store, "o1").Record
	if len(r.Pushes) != 1 {
		o.t.Fatalf("%d pushes", len(r.Pushes))
	}
	var said []string
	for _, e := range r.Effects {
		var text store.Text
		if err := json.Unmarshal(e.Body, &text); err != nil {
			o.t.Fatal(err)
		}
		said = append(said, e.Intent+" "+text.Text)
	}
	return r.Pushes[0], said
}

// A flow that a push names is begun once, as a turn of its own whose words leave as a push; the doctor's answer goes on with it.
func TestAPushBeginsItsFlow(t *testing.T) {
	openers(t, func(t *testing.T, o *opener, se *session.Sessions) {
		p := o.plan("back", map[string]string{"topic": "慢性肾病", "n": "3"}, nil)
		other := o.instance(o.bot.engine().Library(), se, "two")
		var all sync.WaitGroup
		for _, b := range []*Bot{o.bot, other, o.bot, other} {
			all.Go(func() {
				if why, err := b.Begin(t.Context(), p); err != nil && !errors.Is(err, store.ErrMoved) || why != "" && why != store.PushTalk {
					t.Errorf("begun: %q, %v", why, err)
				}
			})
		}
		all.Wait()
		push, said := o.stands()
		if diff := cmp.Diff([]string{"push 关于慢性肾病的资料，您要第3期吗？"}, trimmed(said)); push.Status != store.PushOpened || diff != "" {
			t.Errorf("push %s, said (-want +got):\n%s", push.Status, diff)
		}
		if n := len(remains(t, o.store, "o1").Record.Journal); n != 2 {
			t.Errorf("%d turns, want the seed and the opening", n)
		}
		if got := o.say("要"); !strings.Contains(got, "谢谢") {
			t.Errorf("the answer got %q", got)
		}
	})
}

// trimmed leaves out how the options are printed.
func trimmed(said []string) []string {
	out := make([]string, len(said))
	for i, s := range said {
		out[i], _, _ = strings.Cut(s, "\n")
	}
	return out
}

// What keeps a flow from being begun leaves no turn behind, and is told.
func TestAFlowIsNotBegun(t *testing.T) {
	topic := map[string]string{"topic": "慢性肾病"}
	lost := func(t *store.Turn) {
		t.Portrait = []store.PortraitValue{{Doctor: t.Doctor.ID, Field: "lost", Value: `"yes"`, Source: store.SourceRep}}
	}
	for name, c := range map[string]struct {
		flow   string
		inputs map[string]string
		change func(*store.Turn)
		first  string // said by the doctor before
		wait   time.Duration
		want   string
	}{
		"unknown":      {flow: "gone", want: flows.UnbegunFlow},
		"condition":    {flow: "back", inputs: topic, change: lost, want: flows.UnbegunWhen},
		"missing":      {flow: "back", want: flows.UnbegunInputs},
		"unreadable":   {flow: "back", inputs: map[string]string{"topic": "慢性肾病", "n": "三期"}, want: flows.UnbegunInputs},
		"no such name": {flow: "back", inputs: map[string]string{"topic": "慢性肾病", "when": "1"}, want: flows.UnbegunInputs},
		"talk":         {flow: "back", inputs: topic, first: "调查", want: store.PushTalk},
		"window":       {flow: "back", inputs: topic, wait: 49 * time.Hour, want: store.PushWindow},
		"a person":     {flow: "back", inputs: topic, first: "人工", want: store.PushTalk},
	} {
		t.Run(name, func(t *testing.T) {
			clk := newClock(noon)
			o := newOpener(t, storetest.SQLite(t, clk.option()), storetest.Embedded(t), clk)
			p := o.plan(c.flow, c.inputs, c.change)
			if c.first != "" {
				o.say(c.first)
			}
			before := len(remains(t, o.store, "o1").Record.Journal)
			o.clock.advance(c.wait)
			if got := o.begin(p); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			push, _ := o.stands()
			if n := len(remains(t, o.store, "o1").Record.Journal); push.Status != store.PushPlanned || n != before {
				t.Errorf("push %s, %d turns, had %d", push.Status, n, before)
			}
		})
	}
}

// What serves the doctor alone goes by a service notice when the window is closed, and its words are no push.
func TestAServiceFlowNeedsNoWindow(t *testing.T) {
	openers(t, func(t *testing.T, o *opener, _ *session.Sessions) {
		p := o.plan("care", nil, nil)
		o.clock.advance(49 * time.Hour)
		if why := o.begin(p); why != "" {
			t.Fatalf("not begun: %s", why)
		}
		push, said := o.stands()
		if diff := cmp.Diff([]string{"notice 您的联系人换了。"}, said); push.Status != store.PushOpened || diff != "" {
			t.Errorf("push %s, said (-want +got):\n%s", push.Status, diff)
		}
	})
}

// A push that is decided between the look at it and its turn begins nothing.
func TestAPushThatWasDroppedBeginsNothing(t *testing.T) {
	openers(t, func(t *testing.T, o *opener, _ *session.Sessions) {
		p := o.plan("care", nil, nil)
		if err := o.store.DropPush(t.Context(), p.ID, "no_consent"); err != nil {
			t.Fatal(err)
		}
		if _, err := o.bot.Begin(t.Context(), p); !errors.Is(err, store.ErrMoved) {
			t.Errorf("got %v, want ErrMoved", err)
		}
		if _, said := o.stands(); len(said) != 0 {
			t.Errorf("said %q", said)
		}
	})
}

// An instance that is killed at any point of the turn leaves the push as it was, or the flow begun once.
func TestAKilledOpeningHappensOnce(t *testing.T) {
	for _, point := range points {
		t.Run(point, func(t *testing.T) {
			dir := t.TempDir()
			st := storetest.Open(t, store.Options{DataDir: dir}, fixed)
			id := store.DoctorID(storetest.Account, "o1")
			p := store.Push{ID: "push-1", Doctor: id, Cause: "test:1", Status: store.PushPlanned, Flow: "greet", DueAt: 1, At: 1}
			turn := &store.Turn{
				Journal: store.Journal{Conversation: id, Seq: 1, MessageKey: "seed", Kind: "text"}, Pushes: []store.Push{p},
				Doctor:   store.Doctor{ID: id, OpenID: "o1", Followed: true, Phase: store.PhaseIdle},
				Consents: []store.Consent{{Conversation: id, Seq: 1, Purpose: store.PurposeBase, Policy: "p1", Granted: true, Raw: "好"}},
			}
			if _, err := st.CommitTurn(t.Context(), turn); err != nil {
				t.Fatal(err)
			}
			event := Inbound{Account: storetest.Account, OpenID: "o1", Key: openingKey(p.ID), Kind: store.KindOpening, EventKey: p.Flow, Opening: &Opening{Push: p.ID, Flow: p.Flow}}
			victim := start(t, order{DataDir: dir, Crash: point})
			if _, answered := victim.deliver(t, event); answered || !victim.end(t) {
				t.Fatalf("the instance was not killed at %s", point)
			}
			healthy := start(t, order{DataDir: dir})
			if _, answered := healthy.deliver(t, event); !answered {
				t.Fatal("no answer")
			}
			healthy.end(t)
			r := remains(t, st, "o1").Record
			if len(r.Journal) != 2 || len(r.Effects) != 1 || r.Pushes[0].Status != store.PushOpened {
				t.Errorf("%d turns, %d effects, push %s", len(r.Journal), len(r.Effects), r.Pushes[0].Status)
			}
		})
	}
}
