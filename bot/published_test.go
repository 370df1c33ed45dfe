package bot

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vrep/vrep/bot/release"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

// survey is a folder with one flow of three questions; pairs alternate what to replace and with what.
func survey(replace ...string) fstest.MapFS {
	text := `flow: survey
title: 问卷
owner: 医学部
approval: {no: T-1, until: 2029-12-31}
start:
  on: ["word:问卷"]
steps:
  - id: first
    ask: 第一个问题，您在门诊吗？
    type: yesno
  - id: second
    ask: 第二个问题，您在哪个科室？
    type: text
  - id: third
    ask: 第三个问题，您用过吗？
    type: yesno
  - say: 谢谢您。
  - end: done
`
	return fstest.MapFS{"survey.yaml": {Data: []byte(strings.NewReplacer(replace...).Replace(text))}}
}

// fleet is a house with two instances that share a database and see each other's publishing.
type fleet struct {
	t         *testing.T
	store     *store.Store
	clock     *clock
	publisher *release.Publisher
	keepers   []*release.Keeper
	bots      []*Bot
	events    map[string]int
}

// fleets runs the test on embedded and on real databases.
func fleets(t *testing.T, test func(*testing.T, *fleet)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		c := newClock(noon)
		test(t, newFleet(t, c, storetest.SQLite(t, c.option()), storetest.Embedded(t)))
	})
	t.Run("real", func(t *testing.T) {
		c := newClock(noon)
		test(t, newFleet(t, c, storetest.MariaDB(t, c.option()), storetest.Redis(t)))
	})
}

func newFleet(t *testing.T, c *clock, st *store.Store, se *session.Sessions) *fleet {
	t.Helper()
	f := &fleet{t: t, store: st, clock: c, publisher: release.NewPublisher(st, nil, c.Now), events: map[string]int{}}
	lib, _ := flows.Load(survey())
	for n := range 2 {
		k := release.NewKeeper(release.Options{Store: st, Old: OldLibraries(st), Now: c.Now})
		if err := k.Start(t.Context(), survey(), lib, true); err != nil {
			t.Fatal(err)
		}
		f.keepers = append(f.keepers, k)
		f.bots = append(f.bots, newBot(t, st, se, func(o *Options) { o.Engine, o.Now, o.Instance = k.Engine, c.Now, fmt.Sprint(n) }))
	}
	return f
}

// publish publishes a folder; then both instances look.
func (f *fleet) publish(share int, replace ...string) {
	f.t.Helper()
	d, err := f.publisher.Check(f.t.Context(), survey(replace...))
	if err != nil {
		f.t.Fatal(err)
	}
	f.clock.advance(time.Millisecond)
	if _, err := f.publisher.Publish(f.t.Context(), d, release.Order{Share: share, Author: "wang"}); err != nil {
		f.t.Fatalf("%v: %+v", err, d.Findings)
	}
	f.look()
}

func (f *fleet) look() {
	f.t.Helper()
	for _, k := range f.keepers {
		if _, err := k.Refresh(f.t.Context()); err != nil {
			f.t.Fatal(err)
		}
	}
}

// say lets a doctor say something to one of the instances, in turn, and wants the words in the reply.
func (f *fleet) say(openID, what string, words ...string) {
	f.t.Helper()
	n := f.events[openID]
	f.events[openID]++
	f.clock.advance(time.Second)
	reply := say(f.t, f.bots[n%len(f.bots)], openID, n, what)
	for _, word := range words {
		if !strings.Contains(reply, word) {
			f.t.Errorf("%s says %q and reads %q, which lacks %q", openID, what, reply, word)
		}
	}
}

// open is how many doctors stand at a question, whatever the version.
func (f *fleet) open(question string) int {
	f.t.Helper()
	talks, err := f.store.OpenTalks(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	return release.AtQuestions(talks, "survey")[question]
}

func TestPublishingReachesEveryInstance(t *testing.T) {
	fleets(t, func(t *testing.T, f *fleet) {
		f.say("o1", "问卷", "第一个问题")
		f.publish(100, "steps:\n", "steps:\n  - id: ward\n    ask: 新的第一个问题，您在病房吗？\n    type: yesno\n")
		f.say("o1", "是", "第二个问题")
		f.say("o2", "问卷", "新的第一个问题")
		f.say("o3", "@subscribe")
		f.say("o3", "问卷", "新的第一个问题")
	})
}

// A running talk keeps its structure to the end; words that are corrected reach it at its next message.
func TestARunningTalkKeepsItsStructure(t *testing.T) {
	fleets(t, func(t *testing.T, f *fleet) {
		f.say("o1", "问卷", "第一个问题")
		if n := f.open("first"); n != 1 {
			t.Errorf("%d doctors stand at the first question", n)
		}
		f.publish(100, "第二个问题，您在哪个科室？", "第二个问题，请问您是哪个科室？")
		f.say("o1", "是", "请问您是哪个科室")
		if f.open("first") != 0 || f.open("second") != 1 {
			t.Errorf("standing: %d at the first, %d at the second question", f.open("first"), f.open("second"))
		}
		f.publish(100, "  - id: third\n    ask: 第三个问题，您用过吗？\n    type: yesno\n", "")
		f.say("o1", "心内科", "第三个问题")
		f.say("o1", "是", "谢谢您")
		if talks, err := f.store.OpenTalks(t.Context()); err != nil || len(talks) != 0 {
			t.Errorf("open talks %+v, %v", talks, err)
		}
		f.say("o2", "问卷", "第一个问题")
		f.say("o2", "是", "第二个问题")
		f.say("o2", "心内科", "谢谢您")
	})
}

// agrees lets a doctor agree to be remembered, so that answers are stored at once.
func (f *fleet) agrees(openID string) {
	f.t.Helper()
	id := store.DoctorID(f.store.Account(), openID)
	turn := &store.Turn{
		Journal:  store.Journal{Conversation: id, Seq: 1, MessageKey: "agrees-" + openID, Kind: "text"},
		Doctor:   store.Doctor{ID: id, OpenID: openID, Followed: true, Phase: store.PhaseIdle},
		Consents: []store.Consent{{Conversation: id, Seq: 1, Purpose: store.PurposeBase, Policy: "p1", Granted: true}},
	}
	if _, err := f.store.CommitTurn(f.t.Context(), turn); err != nil {
		f.t.Fatal(err)
	}
}

func TestMigrateMovesARunningTalk(t *testing.T) {
	fleets(t, func(t *testing.T, f *fleet) {
		f.agrees("o1")
		f.say("o1", "问卷", "第一个问题")
		f.say("o1", "是", "第二个问题")
		f.publish(100, "id: second", "id: dept", "第二个问题，您在哪个科室？", "改名的问题，您在哪个科室？",
			"steps:\n", "migrate:\n  - {from: any, policy: move, rename: {second: dept}}\nsteps:\n")
		f.say("o1", "心内科", "第三个问题")
		f.say("o1", "是", "谢谢您")
		answers := map[string]string{}
		for _, a := range remains(t, f.store, "o1").Record.Answers {
			answers[a.Question] = a.Label
		}
		if answers["dept"] == "" || answers["second"] != "" {
			t.Errorf("answers %v", answers)
		}
	})
}

// A doctor stands at a question that is gone: publishing is refused with the number.
func TestPublishingCountsWhoStandsThere(t *testing.T) {
	fleets(t, func(t *testing.T, f *fleet) {
		for n := range 3 {
			f.say(fmt.Sprint("o", n), "问卷", "第一个问题")
		}
		f.say("o2", "是", "第二个问题")
		d, err := f.publisher.Check(t.Context(), survey("  - id: first\n    ask: 第一个问题，您在门诊吗？\n    type: yesno\n", ""))
		if err != nil {
			t.Fatal(err)
		}
		if !d.Refused() || len(d.Flows) != 1 || d.Flows[0].Open != 3 || len(d.Flows[0].Lost) != 1 || d.Flows[0].Lost[0].Doctors != 2 || d.Flows[0].Lost[0].Covered {
			t.Errorf("draft %+v %+v", d.Flows, d.Findings)
		}
	})
}

// Compliance withdraws a version: its talks end with the text at their next message, and it is recorded for each of them.
func TestARecallStopsTalks(t *testing.T) {
	fleets(t, func(t *testing.T, f *fleet) {
		f.say("o1", "问卷", "第一个问题")
		f.say("o1", "是", "第二个问题")
		hash := f.keepers[0].Library().Flow("survey").Hash()
		r, _, err := f.publisher.Recall(t.Context(), store.Recall{
			Flow: "survey", Version: flows.ShapeOf(hash), Policy: store.RecallStop, Reason: "问法有误", Say: "这次询问先到这里。", Author: "wang",
		})
		if err != nil {
			t.Fatal(err)
		}
		f.look()
		f.say("o1", "心内科", "这次询问先到这里")
		if f.open("second") != 0 {
			t.Error("the talk is still open")
		}
		audit, err := f.store.Audits(t.Context(), "doctor:"+store.DoctorID(f.store.Account(), "o1"), 5)
		if err != nil || len(audit) != 1 || audit[0].Action != "leave_recalled" || !strings.Contains(audit[0].Detail, "问法有误") {
			t.Errorf("audit %+v, %v", audit, err)
		}
		if a := remains(t, f.store, "o1").Record.Answers; len(a) > 1 {
			t.Errorf("answers %+v", a)
		}
		f.say("o2", "问卷")
		if f.open("first") != 0 {
			t.Error("a recalled version begins a talk")
		}
		if err := f.store.LiftRecall(t.Context(), r.ID, "wang", "核对过"); err != nil {
			t.Fatal(err)
		}
		f.look()
		f.say("o2", "问卷", "第一个问题")
	})
}

func TestARecallMovesTalks(t *testing.T) {
	fleets(t, func(t *testing.T, f *fleet) {
		f.say("o1", "问卷", "第一个问题")
		f.say("o1", "是", "第二个问题")
		old := f.keepers[0].Library().Flow("survey").Hash()
		f.publish(100, "第三个问题，您用过吗？\n    type: yesno", "改过的第三个问题，您用过几次？\n    type: number")
		if _, _, err := f.publisher.Recall(t.Context(), store.Recall{Flow: "survey", Version: old, Policy: store.RecallMove, Reason: "问法有误"}); err != nil {
			t.Fatal(err)
		}
		f.look()
		f.say("o1", "心内科", "改过的第三个问题")
		f.say("o1", "三次", "谢谢您")
	})
}

// A trial reaches its share of the doctors, and a doctor stays on one side, at whichever instance.
func TestATrialIsStickyByDoctor(t *testing.T) {
	c := newClock(noon)
	f := newFleet(t, c, storetest.SQLite(t, c.option()), storetest.Embedded(t))
	f.publish(20, "第一个问题，您在门诊吗？", "试行的第一个问题，您在门诊吗？", "id: first", "id: tried")
	const doctors = 1000
	tried := 0
	for n := range doctors {
		openID := fmt.Sprint("trial", n)
		facts := flows.Facts{Doctor: store.DoctorID(f.store.Account(), openID)}
		var sides []bool
		for _, k := range f.keepers {
			for range 2 {
				out := k.Engine().Step(flows.State{}, flows.Input{Kind: flows.InText, Text: "问卷", At: noon}, facts)
				sides = append(sides, out.Pending.ID == "tried")
			}
		}
		for _, side := range sides[1:] {
			if side != sides[0] {
				t.Fatalf("doctor %d is on both sides", n)
			}
		}
		if sides[0] {
			tried++
		}
	}
	if tried < 160 || tried > 240 {
		t.Errorf("%d of %d doctors try it, want about 200", tried, doctors)
	}
	// Through the whole turn: the version of the trial is kept, so that its talks go on at either instance.
	f.say("o1", "问卷")
	f.say("o1", "是", "第二个问题")
}

// A doctor in the second round of a loop stands at the loop's question.
func TestStandingInALoop(t *testing.T) {
	c := newClock(noon)
	f := newFleet(t, c, storetest.SQLite(t, c.option()), storetest.Embedded(t))
	loop := []string{"  - id: second\n    ask: 第二个问题，您在哪个科室？\n    type: text\n",
		"  - id: drugs\n    block: {times: 2}\n    steps:\n      - id: since\n        ask: 第 ${round} 种药，用了几年？\n        type: number\n"}
	f.publish(100, loop...)
	f.say("o1", "问卷", "第一个问题")
	f.say("o1", "是", "第 1 种药")
	f.say("o1", "3", "第 2 种药")
	if n := f.open("since"); n != 1 {
		t.Errorf("%d doctors stand at the question of the loop", n)
	}
	d, err := f.publisher.Check(t.Context(), survey())
	if err != nil || !d.Refused() || len(d.Flows[0].Lost) != 1 || d.Flows[0].Lost[0].Question != "since" {
		t.Errorf("draft %+v, %v", d.Flows, err)
	}
}

// Only a version that exists holds a turn up until it can be read; one that is lost for good does not, whatever else the talk stands on.
func TestALostVersionDoesNotHoldATalk(t *testing.T) {
	c := newClock(noon)
	f := newFleet(t, c, storetest.SQLite(t, c.option()), storetest.Embedded(t))
	hash := f.keepers[0].Library().Flow("survey").Hash()
	for name, x := range map[string]struct {
		moved []flows.Moved
		holds bool
	}{
		"exists":               {[]flows.Moved{{Flow: "survey", From: hash, How: "lost"}}, true},
		"lost for good":        {[]flows.Moved{{Flow: "survey", From: "0123456789abcdef0123456789abcdef", How: "lost"}}, false},
		"lost beside readable": {[]flows.Moved{{Flow: "survey", From: hash, How: "move"}, {Flow: "called", From: "0123456789abcdef0123456789abcdef", How: "lost"}}, false},
		"under another name":   {[]flows.Moved{{Flow: "called", From: hash, How: "lost"}}, false},
	} {
		if err := f.bots[0].pinned(t.Context(), x.moved); errors.Is(err, store.ErrUnavailable) != x.holds || (err != nil) != x.holds {
			t.Errorf("%s: %v", name, err)
		}
	}
}
