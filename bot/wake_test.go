package bot

import (
	"bytes"
	"log/slog"
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

const pollFlow = `flow: poll
title: 小调查
approval: {no: T-1, until: 2030-12-31}
start: {on: ["word:调查", "menu:POLL"]}
remind:
  - {after: 2h, say: "还差 ${left} 题"}
  - {after: 30h, say: 还方便吗}
expire: 40h
on_expire: lead
steps:
  - id: agree
    ask: 是否同意保存？
    type: consent
    policy: p1
  - id: share
    ask: 是否同意告知同事？
    type: consent
    purpose: share_with_rep
    policy: p1
  - id: ward
    ask: 哪个病区？
    type: text
  - do: notify
    to: ops
    say: ${ward}有新医生
  - id: photo
    ask: 请发一张图。
    type: image
  - id: where
    ask: 请发位置。
    type: location
  - say: 谢谢，${where}。
    image: MEDIA_1
  - end: done
`

// sleeper is a bot on the flow above, with a clock that the test turns.
type sleeper struct {
	t        *testing.T
	bot      *Bot
	store    *store.Store
	clock    *clock
	platform *outside
	n        int
}

func newSleeper(t *testing.T, st *store.Store, se *session.Sessions, clk *clock, config string) *sleeper {
	t.Helper()
	l, problems := flows.Load(fstest.MapFS{"poll.yaml": {Data: []byte(pollFlow)}, "_config.yaml": {Data: []byte("retry: 3\n" + config)}})
	for _, p := range problems {
		if p.Level == "error" {
			t.Fatal(p.Text())
		}
	}
	s := &sleeper{t: t, store: st, clock: clk, platform: &outside{}}
	s.bot = s.instance(l, se, "one")
	return s
}

// instance is one process on the sleeper's databases.
func (s *sleeper) instance(l *flows.Library, se *session.Sessions, name string) *Bot {
	s.t.Helper()
	engine, err := flows.NewEngine(l, OldLibraries(s.store))
	if err != nil {
		s.t.Fatal(err)
	}
	return newBot(s.t, s.store, se, func(o *Options) {
		o.Engine, o.Now, o.Senders, o.Instance = always(engine), s.clock.Now, s.platform.senders(), name
	})
}

// sleepers runs a test on both pairs of databases.
func sleepers(t *testing.T, config string, test func(t *testing.T, s *sleeper, se *session.Sessions)) {
	t.Run("embedded", func(t *testing.T) {
		clk, se := newClock(noon), storetest.Embedded(t)
		test(t, newSleeper(t, storetest.SQLite(t, clk.option()), se, clk, config), se)
	})
	t.Run("real", func(t *testing.T) {
		clk, se := newClock(noon), storetest.Redis(t)
		test(t, newSleeper(t, storetest.MariaDB(t, clk.option()), se, clk, config), se)
	})
}

func (s *sleeper) say(what string) string {
	s.t.Helper()
	s.n++
	in := inbound(storetest.Account, "o1", s.n, what)
	in.SentAt = s.clock.Now()
	r, err := s.bot.Receive(s.t.Context(), in)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.Text
}

// wake turns the clock forward and wakes what is due.
func (s *sleeper) wake(d time.Duration) int {
	s.t.Helper()
	s.clock.advance(d)
	n, err := s.bot.WakeDue(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// effects are the statuses and reasons of the doctor's effects, oldest first.
func (s *sleeper) effects() []string {
	s.t.Helper()
	var out []string
	for _, e := range remains(s.t, s.store, "o1").Record.Effects {
		out = append([]string{strings.TrimSpace(e.Status + " " + e.Reason)}, out...)
	}
	return out
}

// A silent talk is reminded in time, once each, and ends by itself; what was answered goes to a person.
func TestASilentTalkIsReminded(t *testing.T) {
	sleepers(t, "", func(t *testing.T, s *sleeper, _ *session.Sessions) {
		for _, line := range []string{"@subscribe", "调查", "同意", "同意", "心内科"} {
			s.say(line)
		}
		if err := s.store.VerifyDoctor(t.Context(), store.DoctorID(storetest.Account, "o1"), store.Judgement{Passed: true, Actor: "anna"}); err != nil {
			t.Fatal(err)
		}
		if n := s.wake(2*time.Hour - time.Second); n != 0 {
			t.Fatalf("%d talks were woken too early", n)
		}
		if n := s.wake(time.Second); n != 1 {
			t.Fatalf("%d talks were woken, want 1", n)
		}
		if n := s.wake(time.Minute); n != 0 {
			t.Fatal("woken twice")
		}
		stop := drain(t, s.bot)
		eventually(t, "the first reminder", func() bool { return len(s.platform.said()) == 2 })
		s.wake(28 * time.Hour)
		s.bot.Wake()
		eventually(t, "the second reminder", func() bool { return len(s.platform.said()) == 3 })
		stop()
		if diff := cmp.Diff([]string{"还差 2 题", "还方便吗"}, s.platform.said()[1:]); diff != "" {
			t.Errorf("said (-want +got):\n%s", diff)
		}
		if n := s.wake(10 * time.Hour); n != 1 {
			t.Fatalf("%d talks ended, want 1", n)
		}
		r := remains(t, s.store, "o1").Record
		if len(r.Leads) != 1 || r.Leads[0].Kind != "unfinished" || r.Leads[0].Note != "哪个病区？ 心内科" || r.Doctor.WakeAt != 0 || r.Doctor.Phase != store.PhaseIdle {
			t.Errorf("leads %+v, wakes at %d, phase %s", r.Leads, r.Doctor.WakeAt, r.Doctor.Phase)
		}
		if n := s.wake(100 * time.Hour); n != 0 {
			t.Error("an idle talk was woken")
		}
	})
}

// Two instances wake a talk once.
func TestTwoInstancesRemindOnce(t *testing.T) {
	sleepers(t, "", func(t *testing.T, s *sleeper, se *session.Sessions) {
		s.say("调查")
		other := s.instance(s.bot.engine().Library(), se, "two")
		s.clock.advance(3 * time.Hour)
		var all sync.WaitGroup
		for _, b := range []*Bot{s.bot, other, s.bot, other} {
			all.Go(func() {
				if _, err := b.WakeDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := s.effects(); len(got) != 1 {
			t.Errorf("%d reminders: %v", len(got), got)
		}
	})
}

// An answer puts the reminder off; leaving and opting out end it.
func TestWhatEndsReminders(t *testing.T) {
	for name, last := range map[string]string{"left": "@unsubscribe", "opted out": "退订", "ended": "退出"} {
		t.Run(name, func(t *testing.T) {
			clk := newClock(noon)
			s := newSleeper(t, storetest.SQLite(t, clk.option()), storetest.Embedded(t), clk, "")
			for _, line := range []string{"@subscribe", "调查", "同意"} {
				s.say(line)
			}
			s.wake(time.Hour)
			s.say("同意")
			if n := s.wake(time.Hour + time.Minute); n != 0 {
				t.Error("woken although the doctor has answered")
			}
			s.say(last)
			if n := s.wake(3 * time.Hour); n != 0 || len(s.effects()) != 0 {
				t.Errorf("%d talks woken, effects %v", n, s.effects())
			}
		})
	}
}

// A doctor who was handed to a person and heard nothing more is the bot's again after a while, without a word.
func TestAHandOverEnds(t *testing.T) {
	clk := newClock(noon)
	s := newSleeper(t, storetest.SQLite(t, clk.option()), storetest.Embedded(t), clk, "")
	for _, line := range []string{"@subscribe", "调查", "人工"} {
		s.say(line)
	}
	if n := s.wake(39 * time.Hour); n != 0 {
		t.Error("a talk with a person was reminded")
	}
	if n := s.wake(8 * time.Hour); n != 1 || len(s.effects()) != 0 {
		t.Errorf("%d talks woken, effects %v", n, s.effects())
	}
	if r := remains(t, s.store, "o1").Record; r.Doctor.Phase != store.PhaseIdle || r.Doctor.WakeAt != 0 {
		t.Errorf("phase %s, wakes at %d", r.Doctor.Phase, r.Doctor.WakeAt)
	}
}

// In quiet hours nothing is said; what was queued before waits for the morning or is dropped.
func TestQuietHours(t *testing.T) {
	clk := newClock(noon) // 12:00 in the account's zone
	s := newSleeper(t, storetest.SQLite(t, clk.option()), storetest.Embedded(t), clk, "quiet: 13:30-18:00\n")
	s.say("调查")
	if n := s.wake(2*time.Hour + time.Minute); n != 0 { // 14:01
		t.Error("woken in quiet hours")
	}
	if n := s.wake(4 * time.Hour); n != 1 { // 18:01
		t.Error("not woken after the quiet hours")
	}
	if r := s.bot.quiet(store.IntentReminder, noon.Add(2*time.Hour)); r.In(s.bot.zone).Format("15:04") != "18:00" {
		t.Errorf("a reminder in the outbox may go at %v", r)
	}
	if r := s.bot.quiet(store.IntentReply, noon.Add(2*time.Hour)); !r.IsZero() {
		t.Error("a reply waits for the morning")
	}
}

// Without an open window a reminder is dropped with a reason; nothing waits for the doctor's next message.
func TestRemindersNeedAWindow(t *testing.T) {
	for name, tt := range map[string]struct {
		begin string
		late  time.Duration // the outbox runs so much later
		want  string
	}{
		"a click opens none": {"@CLICK:POLL", 0, "cancelled window closed"},
		"too late":           {"调查", time.Hour, "cancelled too late"},
		"in time":            {"调查", 0, "done spoke"},
	} {
		t.Run(name, func(t *testing.T) {
			clk := newClock(noon)
			s := newSleeper(t, storetest.SQLite(t, clk.option()), storetest.Embedded(t), clk, "")
			var log bytes.Buffer
			s.bot.log = slog.New(slog.NewTextHandler(&log, nil))
			s.say("@subscribe")
			s.clock.advance(2 * time.Minute)
			s.say(tt.begin)
			s.wake(2 * time.Hour)
			s.clock.advance(tt.late)
			stop := drain(t, s.bot)
			eventually(t, "the end of the reminder", func() bool { c := counts(t, s.store); return c[store.EffectReady]+c[store.EffectClaimed] == 0 })
			stop()
			if diff := cmp.Diff([]string{tt.want}, s.effects()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if dropped := strings.Contains(log.String(), "reminder dropped"); dropped != strings.Contains(tt.want, "window") {
				t.Errorf("log: %s", log.String())
			}
		})
	}
}

// The platform's word that no window is open ends a reminder too.
func TestARefusedReminderIsDropped(t *testing.T) {
	clk := newClock(noon)
	s := newSleeper(t, storetest.SQLite(t, clk.option()), storetest.Embedded(t), clk, "")
	s.platform.answer = func(int, Effect) (Receipt, error) {
		return Receipt{}, &SendError{Class: ClassWait, Code: 45047, Reason: "no more"}
	}
	s.say("调查")
	s.wake(2 * time.Hour)
	stop := drain(t, s.bot)
	eventually(t, "the refusal", func() bool { return counts(t, s.store)[store.EffectCancel] == 1 })
	stop()
}

// The house's caps hold for reminders: the one that is too many is counted as said.
func TestRemindersObeyCaps(t *testing.T) {
	for caps, want := range map[string]int{"": 2, "caps: {day: 1}\n": 2, "caps: {week: 1}\n": 1, "caps: {day: 1, week: 2}\n": 2} {
		clk := newClock(noon)
		s := newSleeper(t, storetest.SQLite(t, clk.option()), storetest.Embedded(t), clk, caps)
		s.say("调查")
		s.wake(2 * time.Hour)
		s.wake(28 * time.Hour)
		if got := s.effects(); len(got) != want {
			t.Errorf("%q: effects %v, want %d", caps, got, want)
		}
	}
}

// Pictures and places are answers; what a flow tells the house waits on its worklist; a picture of ours is an effect.
func TestMediaAndNotices(t *testing.T) {
	clk := newClock(noon)
	s := newSleeper(t, storetest.SQLite(t, clk.option()), storetest.Embedded(t), clk, "")
	for _, line := range []string{"@subscribe", "调查", "同意", "同意", "心内科"} {
		s.say(line)
	}
	for _, in := range []Inbound{
		{Kind: "image", MediaID: "MEDIA_7", Detail: "http://p/1"}, {Kind: "location", Place: "31.23,121.47", Text: "人民广场"},
	} {
		s.n++
		in.Account, in.OpenID, in.Key, in.SentAt = storetest.Account, "o1", inbound(storetest.Account, "o1", s.n, "x").Key, s.clock.Now()
		r, err := s.bot.Receive(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		if in.Kind == "location" && r.Text != "谢谢，人民广场。" {
			t.Errorf("said %q", r.Text)
		}
	}
	r := remains(t, s.store, "o1").Record
	var got []string
	for _, a := range r.Answers {
		if a.Question == "photo" || a.Question == "where" {
			got = append(got, a.Question+" "+a.Value+" "+a.Label)
		}
	}
	if diff := cmp.Diff([]string{`where "31.23,121.47" 人民广场`, `photo "MEDIA_7" 图片`}, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if len(r.Effects) != 1 || r.Effects[0].Kind != store.KindImage || !strings.Contains(string(r.Effects[0].Body), "MEDIA_1") {
		t.Errorf("effects %+v", r.Effects)
	}
	open, err := s.store.OpenNotices(t.Context(), []string{store.TeamOps}, 10)
	if err != nil || len(open) != 1 || open[0].Words != "心内科有新医生" || open[0].Flow != "poll" {
		t.Errorf("notices %+v %v", open, err)
	}
}
