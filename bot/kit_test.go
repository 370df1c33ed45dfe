package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// clock is a clock that tests turn forward.
type clock struct{ ms atomic.Int64 }

func newClock(at time.Time) *clock {
	c := &clock{}
	c.ms.Store(at.UnixMilli())
	return c
}

func (c *clock) Now() time.Time          { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }
func (c *clock) option() storetest.Option {
	return func(o *store.Options) { o.Now = c.Now }
}

// eventually waits until cond holds.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for !cond() {
		if pause(ctx, 5*time.Millisecond) != nil {
			t.Fatalf("in vain: %s", what)
		}
	}
}

// platform is what the platform takes, see the settings.
var platform = Rules{
	ChatMessages: 5, ChatWindow: 48 * time.Hour, QuickMessages: 3, QuickWindow: time.Minute, MassPerMonth: 4, Reserve: 1,
	PushTemplate: "tpl_push", NoticeTemplate: "tpl_notice",
}

// outside is the platform as a sender: it keeps what it was given and answers what the test says.
type outside struct {
	mu     sync.Mutex
	keys   []string
	texts  []string
	answer func(n int, e Effect) (Receipt, error) // n counts the sends of this effect from 1; nil = yes
	times  map[string]int
}

func (o *outside) Send(_ context.Context, e Effect) (Receipt, error) {
	o.mu.Lock()
	if o.times == nil {
		o.times = map[string]int{}
	}
	o.keys = append(o.keys, e.Key)
	o.times[e.Key]++
	n := o.times[e.Key]
	var said Text
	if json.Unmarshal(e.Body, &said) == nil {
		o.texts = append(o.texts, said.Text)
	}
	o.mu.Unlock()
	if o.answer == nil {
		return Receipt{}, nil
	}
	return o.answer(n, e)
}

func (o *outside) sent() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.keys...)
}

func (o *outside) said() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.texts...)
}

func (o *outside) senders() map[string]Sender {
	all := map[string]Sender{}
	for _, kind := range []string{store.KindText, store.KindImage, store.KindNews, store.KindCard, store.KindCardUpdate, store.KindRepText} {
		all[kind] = o
	}
	return all
}

// drain runs Drain until the test ends or stop is called.
func drain(t *testing.T, b *Bot) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := b.Drain(ctx); err != nil {
			t.Errorf("draining: %v", err)
		}
	}()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return stop
}

// doctorRow commits one turn of a doctor so that his row exists, and gives his id.
func doctorRow(t *testing.T, st *store.Store, openID string, change func(*store.Doctor)) string {
	t.Helper()
	id := store.DoctorID(st.Account(), openID)
	d := store.Doctor{ID: id, OpenID: openID, Followed: true, Phase: store.PhaseIdle, LastTypedAt: st.Now(), LastInboundAt: st.Now()}
	if change != nil {
		change(&d)
	}
	turn := &store.Turn{Journal: store.Journal{Conversation: id, Seq: 1, MessageKey: "seed-" + openID, Kind: "text"}, Doctor: d}
	turn.Opens = platform.opens(Inbound{Kind: "text", SentAt: time.UnixMilli(d.LastTypedAt)}, 0, st.Now())
	if _, err := st.CommitTurn(t.Context(), turn); err != nil {
		t.Fatalf("seeding a doctor: %v", err)
	}
	return id
}

// texts queues n texts of a reply under keys name:0, name:1 …
func texts(t *testing.T, st *store.Store, lane, name string, n int) {
	t.Helper()
	for i := range n {
		body, err := json.Marshal(Text{OpenID: "o", Text: fmt.Sprintf("%s %d", name, i)})
		if err != nil {
			t.Fatal(err)
		}
		e := Effect{Key: fmt.Sprintf("%s:%d", name, i), Lane: lane, Kind: store.KindText, Body: body, Intent: store.IntentReply}
		if e.Doctor() == "" {
			e.Kind = store.KindRepText
		}
		if err := st.AddEffects(t.Context(), []Effect{e}); err != nil {
			t.Fatalf("queueing: %v", err)
		}
	}
}

func counts(t *testing.T, st *store.Store) map[string]int64 {
	t.Helper()
	c, err := st.OutboxCounts(context.Background())
	if err != nil {
		t.Fatalf("counting effects: %v", err)
	}
	return c
}
