package bot

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

// leadOnly is the only lead there is, whoever it is about.
func leadOnly(t *testing.T, st *store.Store) store.LeadRow {
	t.Helper()
	rows, err := st.LeadBoard(t.Context(), 10)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d leads, %v", len(rows), err)
	}
	return rows[0]
}

// erased is a database and session store whose clock the test turns.
type erased struct {
	*phased
	c  *clock
	se *session.Sessions
}

func leaving(t *testing.T, st *store.Store, se *session.Sessions, c *clock, change func(*Options)) *erased {
	t.Helper()
	invite(t, st)
	b := newBot(t, st, se, func(o *Options) {
		o.Now = c.Now
		if change != nil {
			change(o)
		}
	})
	return &erased{phased: &phased{t: t, st: st, b: b}, c: c, se: se}
}

func onBoth(t *testing.T, test func(e *erased)) {
	t.Run("embedded", func(t *testing.T) {
		c := newClock(noon)
		test(leaving(t, storetest.SQLite(t, c.option()), storetest.Embedded(t), c, nil))
	})
	t.Run("real", func(t *testing.T) {
		c := newClock(noon)
		test(leaving(t, storetest.MariaDB(t, c.option()), storetest.Redis(t), c, nil))
	})
}

// due runs the sweeper after the clock has moved on.
func (e *erased) due(after time.Duration) int {
	e.t.Helper()
	e.c.advance(after)
	n, err := e.b.EraseDue(e.t.Context())
	if err != nil {
		e.t.Fatal(err)
	}
	return n
}

// kept is what the journal still holds of the talk, by turn.
func (e *erased) kept() (bodies string) {
	e.t.Helper()
	for n := range e.n {
		j, err := e.st.TurnByKey(e.t.Context(), inbound(storetest.Account, "o1", n, "").Key)
		if err != nil {
			e.t.Fatal(err)
		}
		bodies += string(j.Event) + string(j.State) + string(j.Reply)
	}
	return bodies
}

// A doctor who leaves is forgotten at once where it matters, and soon altogether; who comes back is new.
func TestLeavingErases(t *testing.T) {
	onBoth(t, func(e *erased) {
		welcome := e.says(script[0])
		e.says(script[1:]...)
		id := store.DoctorID(storetest.Account, "o1")
		answers := remains(t, e.st, "o1").Record.Answers
		if len(answers) == 0 || !strings.Contains(e.kept(), "张三") {
			t.Fatal("nothing to erase")
		}
		e.says("@unsubscribe")
		r := remains(t, e.st, "o1").Record
		if !r.Doctor.Erased() || r.Doctor.Name != "" || len(r.Answers)+len(r.Portrait)+len(r.Tags)+len(r.Leads)+len(r.Consents) != 0 || r.Verification != nil {
			t.Errorf("at once: %+v", r)
		}
		if len(r.Cases) != 1 || r.Cases[0].Words != "我的病人过敏了" || r.Cases[0].Reporter == "" {
			t.Errorf("the case was touched: %+v", r.Cases)
		}
		if len(r.Erasures) != 1 || r.Erasures[0].Cause != store.EraseUnfollow || r.Erasures[0].DoneAt != 0 || r.Erasures[0].Rows()["answers"] != int64(len(answers)) {
			t.Errorf("erasure %+v, %d answers", r.Erasures, len(answers))
		}
		if n := e.due(0); n != 0 {
			t.Error("finished although an earlier turn may still be remembered")
		}
		if body := e.kept(); strings.Contains(body, "张三") || strings.Contains(body, "心内科") || strings.Contains(body, "o1\"") {
			t.Errorf("words are left: %s", body)
		}
		if n := e.due(eraseSettle); n != 1 {
			t.Errorf("%d finished", n)
		}
		if b, err := e.se.Begin(t.Context(), id, "none"); err != nil || b.Status != session.Miss {
			t.Errorf("the session store gives %+v, %v", b, err)
		} else {
			e.se.Release(t.Context(), id, b.Lease)
		}
		done := remains(t, e.st, "o1").Record.Erasures[0]
		if done.DoneAt == 0 || done.Rows()["journal"] != int64(len(script)) {
			t.Errorf("erasure %+v", done)
		}
		if again := e.says("@subscribe"); again != welcome {
			t.Errorf("coming back got %q, the first follow %q", again, welcome)
		}
		e.says(script[1:7]...)
		r = remains(t, e.st, "o1").Record
		if r.Doctor.OpenID != "o1" || r.Doctor.Name != "张三" || !r.Doctor.Followed || len(r.Leads) != 1 || len(r.Answers) == 0 {
			t.Errorf("after coming back %+v, %d leads", r.Doctor, len(r.Leads))
		}
		if n := e.due(time.Hour); n != 0 || !strings.Contains(e.kept(), "张三") {
			t.Error("the sweeper touched the new life")
		}
	})
}

// A message that was on its way when the doctor left is not kept, gets no answer and makes nobody a follower; an adverse event in it is recorded.
func TestAMessageUnderWayWhenTheDoctorLeaves(t *testing.T) {
	onBoth(t, func(e *erased) {
		e.says(script[:3]...)
		e.at(50, "@unsubscribe")
		for _, sent := range []int{49, 50} {
			if reply := e.at(sent, "王大力的话"); reply != "" {
				t.Errorf("a reply to nobody: %q", reply)
			}
		}
		if reply := e.at(48, "病人过敏"); reply != "" {
			t.Errorf("a reply to nobody: %q", reply)
		}
		e.at(60, "@TEMPLATESENDJOBFINISH:MSG")
		r := remains(t, e.st, "o1").Record
		if !r.Doctor.Erased() || r.Doctor.Followed || len(r.Erasures) != 1 || len(r.Answers)+len(r.Leads) != 0 {
			t.Errorf("doctor %+v, erasures %+v", r.Doctor, r.Erasures)
		}
		if len(r.Cases) != 1 || r.Cases[0].Words != "病人过敏" || r.Cases[0].Status != store.CaseOpen {
			t.Errorf("cases %+v", r.Cases)
		}
		if body := e.bodies(); strings.Contains(body, "王大力") || strings.Contains(body, "过敏") || strings.Contains(body, "MSG") {
			t.Errorf("kept: %s", body)
		}
		if got := counts(t, e.st); got[store.EffectReady] != 0 {
			t.Errorf("outbox %v", got)
		}
		if reply := e.at(61, "你好"); reply == "" || !remains(t, e.st, "o1").Record.Doctor.Followed {
			t.Errorf("who writes later is back: %q", reply)
		}
	})
}

// The leave arrives first at another instance, while a turn decided on what was known before: it is decided again and finds nothing.
func TestATurnDecidedBeforeTheDoctorLeft(t *testing.T) {
	onBoth(t, func(e *erased) {
		e.says(script[:2]...)
		other := newBot(t, e.st, e.se, func(o *Options) { o.Now, o.Instance = e.c.Now, "two" })
		crossed := false
		e.b.crash = func(point string) {
			if point != "decided" || crossed {
				return
			}
			crossed = true
			in := inbound(storetest.Account, "o1", 90, "@unsubscribe")
			if _, err := other.Receive(t.Context(), in); err != nil {
				t.Error(err)
			}
		}
		e.at(80, "同意")
		e.b.crash = func(string) {}
		r := remains(t, e.st, "o1").Record
		if !r.Doctor.Erased() || len(r.Answers)+len(r.Portrait)+len(r.Consents) != 0 {
			t.Errorf("%+v", r)
		}
	})
}

// A late reply of an earlier turn, and a second leave, find nobody.
func TestNothingIsQueuedForAnErasedDoctor(t *testing.T) {
	onBoth(t, func(e *erased) {
		e.says(script[:2]...)
		e.says("@unsubscribe", "@unsubscribe")
		id := store.DoctorID(storetest.Account, "o1")
		texts(t, e.st, store.DoctorLane(id), "late", 2)
		if got := counts(t, e.st); len(got) != 0 {
			t.Errorf("outbox %v", got)
		}
		if r := remains(t, e.st, "o1").Record; len(r.Erasures) != 1 {
			t.Errorf("%d erasures", len(r.Erasures))
		}
		if _, err := e.b.WakeDue(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// The sweeper dies after every step of its work, and another one ends it.
func TestErasuresSurviveACrash(t *testing.T) {
	for _, point := range []string{"emptied", "forgotten"} {
		t.Run(point, func(t *testing.T) {
			c := newClock(noon)
			e := leaving(t, storetest.SQLite(t, c.option()), storetest.Embedded(t), c, nil)
			e.says(script...)
			e.says("@unsubscribe")
			e.c.advance(eraseSettle)
			e.b.crash = func(p string) {
				if p == point {
					panic("killed")
				}
			}
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the sweeper did not come by")
					}
				}()
				e.due(0)
			}()
			e.b.crash = func(string) {}
			if n := e.due(0); n != 1 || strings.Contains(e.kept(), "张三") {
				t.Errorf("%d finished", n)
			}
			if got := remains(t, e.st, "o1").Record.Erasures[0].Rows()["journal"]; got != int64(len(script)) {
				t.Errorf("%d turns counted, want %d", got, len(script))
			}
		})
	}
}

// The session store is away: the erasure is not finished until it has forgotten.
func TestErasuresWaitForTheSessionStore(t *testing.T) {
	c := newClock(noon)
	server := storetest.RedisServer(t)
	e := leaving(t, storetest.SQLite(t, c.option()), storetest.Sessions(t, session.Options{Addr: server.Address}), c, nil)
	e.says(script[:4]...)
	e.says("@unsubscribe")
	server.Kill(t)
	e.c.advance(eraseSettle)
	if n, err := e.b.EraseDue(t.Context()); n != 0 || err == nil {
		t.Errorf("%d finished, %v", n, err)
	}
	server.Start(t)
	eventually(t, "the erasure is finished", func() bool { n, _ := e.b.EraseDue(t.Context()); return n == 1 })
}

// lists is a platform's list of followers: one page, then whatever after says.
type lists struct {
	asked []string
	after func(place string) (FollowerPage, error)
}

func (l *lists) Followers(_ context.Context, after string) (FollowerPage, error) {
	l.asked = append(l.asked, after)
	return l.after(after)
}

// The follower at whom the reading of the followers is to go on leaves: nothing of him stays as the place, and the reading begins again.
func TestTheFollowerAtTheEndOfAPageLeaves(t *testing.T) {
	onBoth(t, func(e *erased) {
		list := &lists{after: func(place string) (FollowerPage, error) {
			if place == "" {
				return FollowerPage{OpenIDs: []string{"oA", "o1"}, Next: "o1", Total: 3}, nil
			}
			return FollowerPage{}, &SendError{Class: ClassGone, Reason: "no follower"}
		}}
		place := func() string {
			at, err := e.st.Takeover(t.Context())
			if err != nil || at.FinishedAt != 0 {
				t.Fatalf("%+v, %v", at, err)
			}
			openID, err := e.st.NextFollower(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			return openID
		}
		r := followerReader{bot: e.b, list: list}
		if done, err := r.page(t.Context()); done || err != nil || place() != "o1" {
			t.Fatalf("the first page: %v, %v, place %q", done, err, place())
		}
		e.says("@unsubscribe")
		if place() != "" {
			t.Error("the openid of who left is kept as a place")
		}
		if _, err := r.page(t.Context()); err != nil || place() != "" { // the platform does not know the place, and gives an old list
			t.Errorf("%v, place %q", err, place())
		}
		if !remains(t, e.st, "o1").Record.Doctor.Erased() {
			t.Error("an old list brought him back")
		}
		list.after = func(string) (FollowerPage, error) {
			return FollowerPage{OpenIDs: []string{"oA"}, Next: "", Total: 1}, nil
		}
		if done, err := r.page(t.Context()); !done || err != nil {
			t.Errorf("the end: %v, %v", done, err)
		}
	})
}
