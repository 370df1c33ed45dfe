package bot

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

// pairs is how many pairs of quick messages TestTwoQuickMessagesAreTakenInOrder sends.
//
//	go test ./bot -run TestTwoQuickMessages -pairs 2000
var pairs = flag.Int("pairs", 60, "pairs of quick messages to two instances")

// Two messages that come while an earlier one is being worked on, each at another instance or both at one, in either order: they are taken in the
// platform's order.
func TestTwoQuickMessagesAreTakenInOrder(t *testing.T) {
	st, se := storetest.MariaDB(t, fixed), storetest.Redis(t)
	var mu sync.Mutex
	hold, begun, waits := make(chan struct{}), make(chan struct{}, 1), make(chan struct{}, 4)
	first := true
	crash := func(point string) {
		switch point {
		case "begun":
			mu.Lock()
			mine, gate := first, hold
			first = false
			mu.Unlock()
			if mine {
				begun <- struct{}{}
				<-gate
			}
		case "waiting":
			select {
			case waits <- struct{}{}:
			default:
			}
		}
	}
	bots := []*Bot{
		newBot(t, st, se, func(o *Options) { o.Crash = crash }),
		newBot(t, st, se, func(o *Options) { o.Crash, o.Instance = crash, "two" }),
	}
	slow := 0
	for n := range *pairs {
		mu.Lock()
		hold, first = make(chan struct{}), true
		gate := hold
		mu.Unlock()
		openID := fmt.Sprint("o", n)
		event := func(i int, sent time.Duration) Inbound {
			in := inbound(storetest.Account, openID, i, fmt.Sprint("line ", i))
			in.MsgID, in.SentAt = fmt.Sprint(99+i), noon.Add(sent) // 99, 100, 101: the ids are compared as numbers
			return in
		}
		events := []Inbound{event(0, 0), event(1, time.Second), event(2, time.Duration(1+n%2)*time.Second)}
		at := [][]int{{0, 1}, {1, 0}, {0, 0}, {1, 1}}[n/2%4] // which instances take the two
		order := []int{1, 2}
		if n%3 > 0 {
			order = []int{2, 1} // the later one arrives first
		}
		var wg sync.WaitGroup
		ended := make(chan struct{}, len(events))
		send := func(b *Bot, in Inbound) {
			wg.Go(func() {
				if _, err := b.Receive(context.Background(), in); err != nil && !errors.Is(err, ErrLate) {
					t.Errorf("pair %d: %v", n, err)
				}
				ended <- struct{}{}
			})
		}
		began := time.Now()
		send(bots[0], events[0])
		<-begun
		for i, which := range order {
			send(bots[at[i]], events[which])
			select {
			case <-waits:
			case <-ended: // a machine so slow that the first turn has lost its lease
			}
		}
		close(gate)
		wg.Wait()
		for len(waits) > 0 {
			<-waits
		}
		if time.Since(began) > busyLimit {
			slow++ // order is kept among messages that wait; nobody waits longer
			continue
		}
		var seq [3]int64
		for i := range seq {
			j, err := st.TurnByKey(t.Context(), events[i].Key)
			if err != nil {
				t.Fatalf("pair %d, message %d: %v", n, i, err)
			}
			seq[i] = j.Seq
		}
		if seq != [3]int64{1, 2, 3} {
			t.Errorf("pair %d at instances %v, arrived %v: taken as %v", n, at, order, seq)
		}
	}
	if slow > *pairs/4 {
		t.Errorf("%d of %d pairs took longer than anybody waits: they prove nothing", slow, *pairs)
	}
	t.Logf("%d pairs, of which %d were too slow to tell", *pairs, slow)
}

// A database that hangs does not hold a turn beyond its deadline, and what was taken nevertheless is answered to the resend.
func TestAHungDatabaseDoesNotHoldATurn(t *testing.T) {
	server := storetest.MariaDBServer(t)
	st := storetest.Open(t, store.Options{MySQLDSN: server.Database(t)}, fixed)
	b := newBot(t, st, storetest.Redis(t), nil)
	b.limit = time.Second
	say(t, b, "o1", 0, "@subscribe")
	server.Pause(t)
	reply, err := b.Receive(t.Context(), inbound(storetest.Account, "o1", 1, "张三"))
	server.Resume(t)
	if !errors.Is(err, ErrLate) || reply.Text != "" {
		t.Fatalf("while the database hangs: %q, %v", reply.Text, err)
	}
	b.limit = turnLimit
	eventually(t, "the resend is answered", func() bool {
		reply, err = b.Receive(t.Context(), inbound(storetest.Account, "o1", 1, "张三"))
		return err == nil
	})
	if k := remains(t, st, "o1"); len(k.Record.Journal) != 2 {
		t.Errorf("%d turns, want 2", len(k.Record.Journal))
	}
}

// A session store that hangs costs a turn its short time-out and nothing else.
func TestAHungSessionStoreDoesNotHoldATurn(t *testing.T) {
	server := storetest.RedisServer(t)
	st := storetest.SQLite(t, fixed)
	b := newBot(t, st, storetest.Sessions(t, session.Options{Addr: server.Address}), nil)
	say(t, b, "o1", 0, "@subscribe")
	server.Pause(t)
	defer server.Resume(t)
	for n := 1; n < 4; n++ {
		if reply := say(t, b, "o1", n, script[n]); reply == "" {
			t.Errorf("message %d got no reply", n)
		}
	}
}
