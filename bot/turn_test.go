package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

// engines runs a test on the embedded pair of engines and on the real one.
func engines(t *testing.T, test func(t *testing.T, st *store.Store, se *session.Sessions)) {
	t.Run("embedded", func(t *testing.T) { test(t, storetest.SQLite(t, fixed), storetest.Embedded(t)) })
	t.Run("real", func(t *testing.T) { test(t, storetest.MariaDB(t, fixed), storetest.Redis(t)) })
}

func TestATalkLeavesEverythingInTheDatabase(t *testing.T) {
	st := storetest.SQLite(t, fixed)
	invite(t, st)
	b := newBot(t, st, storetest.Embedded(t), nil)
	replies := playScript(t, b, "o1", nil)
	for n, reply := range replies {
		if reply == "" {
			t.Errorf("event %d (%s) got no reply", n, script[n])
		}
	}
	k := remains(t, st, "o1")
	if diff := cmp.Diff(replies, k.Replies); diff != "" {
		t.Errorf("replies given and kept (-given +kept):\n%s", diff)
	}
	d := k.Record.Doctor
	if d.Name != "张三" || d.Department != "心内科" || d.Level != store.LevelVerified || !d.Followed || d.Phase != store.PhaseIdle {
		t.Errorf("doctor %+v", d)
	}
	var answered []string
	for _, a := range k.Record.Answers {
		answered = append(answered, a.Flow+"."+a.Question+"="+a.Raw)
		if a.Asked == "" || a.FlowHash == "" || a.Account != storetest.Account {
			t.Errorf("answer %s lacks its question, version or account: %+v", a.Question, a)
		}
	}
	slices.Sort(answered)
	for _, want := range []string{"hello.nick=张三", "hello.department=1", "report.product=示例沙坦片", "report.patient=65岁 男"} {
		if !slices.Contains(answered, want) {
			t.Errorf("answer %s is missing in %v", want, answered)
		}
	}
	if len(k.Record.Consents) != 2 || !k.Record.Consents[0].Granted || k.Record.Consents[0].Raw != "同意" {
		t.Errorf("consents %+v", k.Record.Consents)
	}
	if len(k.Record.Cases) != 1 || !k.Record.Cases[0].Complete || k.Record.Cases[0].Words != "我的病人过敏了" || k.Record.Cases[0].DueAt == 0 {
		t.Errorf("cases %+v", k.Record.Cases)
	}
	if len(k.Record.Sent) != 1 || k.Record.Sent[0].Content != "first_paper" || len(k.Record.Effects) != 1 {
		t.Errorf("sent %+v, effects %d", k.Record.Sent, len(k.Record.Effects))
	}
	var name store.PortraitValue
	for _, v := range k.Record.Portrait {
		if v.Field == fieldName {
			name = v
		}
	}
	if name.Source != store.SourceAnswer || !strings.HasPrefix(name.Ref, d.ID+":") || name.Detail == "" {
		t.Errorf("the name's source: %+v", name)
	}
}

// One event delivered twenty times at once to two instances has one effect, and all deliveries get the same reply.
func TestOneEventDeliveredTwentyTimesAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, st *store.Store, se *session.Sessions) {
		invite(t, st)
		one, two := newBot(t, st, se, nil), newBot(t, st, se, func(o *Options) { o.Instance = "two" })
		for n, what := range script[:4] {
			replies := make([]string, 20)
			var wg sync.WaitGroup
			for i := range replies {
				wg.Go(func() {
					b := one
					if i%2 == 1 {
						b = two
					}
					r, err := b.Receive(context.Background(), inbound(storetest.Account, "o1", n, what))
					if err != nil {
						t.Errorf("delivery %d of event %d: %v", i, n, err)
					}
					replies[i] = r.Text
				})
			}
			wg.Wait()
			if unique := slices.Compact(slices.Sorted(slices.Values(replies))); len(unique) != 1 || unique[0] == "" {
				t.Errorf("event %d got the replies %q", n, unique)
			}
		}
		k := remains(t, st, "o1")
		if len(k.Record.Journal) != 4 || len(k.Record.Consents) != 1 {
			t.Errorf("%d turns and %d consents, want 4 and 1", len(k.Record.Journal), len(k.Record.Consents))
		}
	})
}

// Different events of one doctor at once at two instances are applied one after the other: no number is missing and none is lost.
func TestDifferentEventsOfOneDoctorAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, st *store.Store, se *session.Sessions) {
		one, two := newBot(t, st, se, nil), newBot(t, st, se, func(o *Options) { o.Instance = "two" })
		const events = 24
		var wg sync.WaitGroup
		for n := range events {
			wg.Go(func() {
				b := one
				if n%2 == 1 {
					b = two
				}
				if _, err := b.Receive(context.Background(), inbound(storetest.Account, "o1", n, fmt.Sprintf("第%d句", n))); err != nil {
					t.Errorf("event %d: %v", n, err)
				}
			})
		}
		wg.Wait()
		turns := map[int64]bool{}
		for n := range events {
			j, err := st.TurnByKey(t.Context(), fmt.Sprintf("o1-%d", n))
			if err != nil {
				t.Fatalf("event %d: %v", n, err)
			}
			turns[j.Seq] = true
		}
		if k := remains(t, st, "o1"); len(turns) != events || len(k.Record.Journal) != events { // remains checks that the numbers have no gap
			t.Errorf("%d events in %d of %d turns", events, len(turns), len(k.Record.Journal))
		}
	})
}

// The first event of a new doctor at two instances that cannot see each other's lease makes one doctor.
func TestInstancesWithoutACommonSessionStore(t *testing.T) {
	st := storetest.SQLite(t, fixed)
	one := newBot(t, st, storetest.Embedded(t), nil)
	two := newBot(t, st, storetest.Embedded(t), func(o *Options) { o.Instance = "two" })
	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() {
			b := one
			if n%2 == 1 {
				b = two
			}
			if _, err := b.Receive(context.Background(), inbound(storetest.Account, "o1", n, "开始")); err != nil {
				t.Errorf("event %d: %v", n, err)
			}
		})
	}
	wg.Wait()
	if k := remains(t, st, "o1"); len(k.Record.Journal) != 12 {
		t.Errorf("%d turns, want 12", len(k.Record.Journal))
	}
}

// A session store that is wiped between all turns, or dies half-way, changes nothing that anybody could see.
func TestTheSessionStoreMayVanish(t *testing.T) {
	undisturbed := func() kept {
		st := storetest.SQLite(t, fixed)
		invite(t, st)
		playScript(t, newBot(t, st, storetest.Embedded(t), nil), "o1", nil)
		return remains(t, st, "o1")
	}()
	cases := []struct {
		name string
		run  func(t *testing.T, st *store.Store)
	}{
		{"wiped between all turns", func(t *testing.T, st *store.Store) {
			se := storetest.Redis(t)
			playScript(t, newBot(t, st, se, nil), "o1", func(int) {
				if err := se.Flush(context.Background()); err != nil {
					t.Fatal(err)
				}
			})
		}},
		{"killed half-way", func(t *testing.T, st *store.Store) {
			server := storetest.RedisServer(t)
			se := storetest.Sessions(t, session.Options{Addr: server.Address})
			playScript(t, newBot(t, st, se, nil), "o1", func(n int) {
				if n == 3 {
					server.Kill(t)
				}
			})
		}},
		{"stopped half-way and back with an old copy", func(t *testing.T, st *store.Store) {
			server := storetest.RedisServer(t)
			se := storetest.Sessions(t, session.Options{Addr: server.Address})
			playScript(t, newBot(t, st, se, nil), "o1", func(n int) {
				switch n {
				case 3:
					server.Pause(t)
				case 6:
					server.Resume(t)
				}
			})
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			st := storetest.SQLite(t, fixed)
			invite(t, st)
			c.run(t, st)
			if diff := sameTalk(undisturbed, remains(t, st, "o1")); diff != "" {
				t.Errorf("the talk differs (-undisturbed +this):\n%s", diff)
			}
		})
	}
}

// A row changed outside a turn (a person verifies the doctor) makes the remembered facts stale: the turn is decided again on the new ones.
func TestAChangeOutsideTheTalkIsSeenByTheNextTurn(t *testing.T) {
	st := storetest.SQLite(t, fixed)
	b := newBot(t, st, storetest.Embedded(t), nil)
	for n, what := range script[:3] {
		say(t, b, "o1", n, what)
	}
	id := store.DoctorID(storetest.Account, "o1")
	if err := st.VerifyDoctor(t.Context(), id, store.Judgement{Passed: true, Actor: "console"}); err != nil {
		t.Fatal(err)
	}
	say(t, b, "o1", 3, "1")
	d := remains(t, st, "o1").Record.Doctor
	if d.Level != store.LevelVerified || d.Department != "心内科" {
		t.Errorf("level %d, department %q: the turn was decided on old facts", d.Level, d.Department)
	}
}

func TestAnOlderEventIsMarkedLate(t *testing.T) {
	st := storetest.SQLite(t, fixed)
	b := newBot(t, st, storetest.Embedded(t), nil)
	for _, n := range []int{0, 2, 1, 3} {
		say(t, b, "o1", n, "开始")
	}
	var late []bool
	for _, j := range slices.Backward(remains(t, st, "o1").Record.Journal) {
		late = append(late, j.Late)
	}
	if diff := cmp.Diff([]bool{false, false, true, false}, late); diff != "" {
		t.Errorf("late marks (-want +got):\n%s", diff)
	}
}

func TestAnUnreachableDatabaseAcceptsNothing(t *testing.T) {
	server := storetest.MariaDBServer(t)
	st := storetest.Open(t, store.Options{MySQLDSN: server.Database(t)}, fixed)
	b := newBot(t, st, storetest.Embedded(t), nil)
	say(t, b, "o1", 0, "@subscribe")
	server.Kill(t)
	if r, err := b.Receive(t.Context(), inbound(storetest.Account, "o1", 1, "张三")); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("reply %q, error %v; want ErrUnavailable", r.Text, err)
	}
	server.Start(t)
	eventually(t, "the resend is taken", func() bool {
		_, err := b.Receive(context.Background(), inbound(storetest.Account, "o1", 1, "张三"))
		return err == nil
	})
	if k := remains(t, st, "o1"); len(k.Record.Journal) != 2 {
		t.Errorf("%d turns, want 2", len(k.Record.Journal))
	}
}

func TestEventsWithoutSenderOrKeyAreRefused(t *testing.T) {
	b := newBot(t, storetest.SQLite(t, fixed), storetest.Embedded(t), nil)
	for _, in := range []Inbound{{OpenID: "o"}, {Key: "k"}, {OpenID: " ", Key: "k"}, {OpenID: "o", Key: strings.Repeat("k", 65)}} {
		if _, err := b.Receive(t.Context(), in); !errors.Is(err, ErrInbound) {
			t.Errorf("%+v: %v", in, err)
		}
	}
}

// A defect ends the turn and nothing else: the event is refused, and taken when it comes again to a sound process.
func TestAPanicEndsTheTurnOnly(t *testing.T) {
	st := storetest.SQLite(t, fixed)
	b := newBot(t, st, storetest.Embedded(t), nil)
	say(t, b, "o1", 0, "@subscribe")
	engine := b.engine
	b.engine = func() *flows.Engine { return nil }
	if _, err := b.Receive(t.Context(), inbound(storetest.Account, "o1", 1, "张三")); !errors.Is(err, ErrBroken) {
		t.Errorf("error %v, want ErrBroken", err)
	}
	b.engine = engine
	if got := say(t, b, "o1", 1, "张三"); !strings.Contains(got, "同意") {
		t.Errorf("the talk did not go on: %q", got)
	}
}

// A talk stays on the structure that it began with when the files change under it, even after a restart with a wiped session store.
func TestATalkStaysOnItsVersion(t *testing.T) {
	st := storetest.SQLite(t, fixed)
	old := newBot(t, st, storetest.Embedded(t), nil)
	for n, what := range script[:3] {
		say(t, old, "o1", n, what)
	}
	l := changedLibrary(t, "同意我们的同事与您联系吗", "这是新的问法吗", "length: 2..15", "length: 2..16")
	engine, err := flows.NewEngine(l, OldLibraries(st))
	if err != nil {
		t.Fatal(err)
	}
	fresh := newBot(t, st, storetest.Embedded(t), func(o *Options) { o.Engine = always(engine) })
	say(t, fresh, "o1", 3, "1")
	if got := say(t, fresh, "o1", 4, "没有"); !strings.Contains(got, "同意我们的同事与您联系吗") {
		t.Errorf("the running talk got %q", got)
	}
	for n, what := range []string{"@subscribe", "李四", "同意", "1", "没有"} {
		if got := say(t, fresh, "o2", n, what); n == 4 && !strings.Contains(got, "这是新的问法吗") {
			t.Errorf("a new talk got %q", got)
		}
	}
}

func TestReplyOfAJournalRowIsReadable(t *testing.T) {
	for _, raw := range []string{"", "{}", `{"text":"好"}`} {
		r, err := decodeReply([]byte(raw))
		if err != nil {
			t.Errorf("%q: %v", raw, err)
		}
		if b, err := json.Marshal(r); err != nil || raw == `{"text":"好"}` && string(b) != raw {
			t.Errorf("%q became %s, %v", raw, b, err)
		}
	}
}
