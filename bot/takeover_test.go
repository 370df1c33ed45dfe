package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// followerBook is the platform's list of followers, in pages.
type followerBook struct {
	openIDs []string
	page    int
	asked   []string
	fail    map[int]error // by number of the call, from 1
}

func (f *followerBook) Followers(_ context.Context, after string) (FollowerPage, error) {
	f.asked = append(f.asked, after)
	if err := f.fail[len(f.asked)]; err != nil {
		return FollowerPage{}, err
	}
	begin := 0
	if after != "" {
		begin = slices.Index(f.openIDs, after) + 1
	}
	p := FollowerPage{OpenIDs: f.openIDs[begin:min(begin+f.page, len(f.openIDs))], Total: int64(len(f.openIDs))}
	if n := len(p.OpenIDs); n > 0 {
		p.Next = p.OpenIDs[n-1]
	}
	return p, nil
}

func followersOf(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("oF%05d", i)
	}
	return all
}

// TestTakeOver: all followers of before are doctors afterwards, an interruption costs nothing, nobody is written to, and it is done once.
func TestTakeOver(t *testing.T) {
	st := storetest.SQLite(t)
	b := New(Options{Store: st, Instance: "one"})
	book := &followerBook{openIDs: followersOf(25), page: 10, fail: map[int]error{2: errors.New("reset")}}
	for n := 1; ; n++ {
		done, err := (&followerReader{bot: b, list: book}).page(t.Context())
		if done || n > 9 {
			break
		}
		if (err != nil) != (n == 2) {
			t.Errorf("page %d: %v", n, err)
		}
		b = New(Options{Store: st, Instance: fmt.Sprint(n)}) // a restart after every page
	}
	if diff := cmp.Diff([]string{"", "oF00009", "oF00009", "oF00019", "oF00024"}, book.asked); diff != "" {
		t.Error(diff)
	}
	for _, openID := range book.openIDs {
		d, err := st.LoadDoctor(t.Context(), store.DoctorID(st.Account(), openID))
		if err != nil || !d.Followed || d.LastInboundAt != 0 || d.Level != store.LevelFollower {
			t.Fatalf("%s: %+v, %v", openID, d.Doctor, err)
		}
	}
	if n := counts(t, st); len(n) != 0 {
		t.Errorf("messages %v", n)
	}
	b.TakeOver(t.Context(), book)
	if len(book.asked) != 5 {
		t.Errorf("asked %d times", len(book.asked))
	}
}

// TestTakeOverBeginsAnew: the doctor after whom the list goes on has left, by the platform's word or by an erasure of ours.
func TestTakeOverBeginsAnew(t *testing.T) {
	for name, leave := range map[string]func(t *testing.T, st *store.Store, book *followerBook){
		"the platform's word": func(_ *testing.T, _ *store.Store, book *followerBook) {
			book.fail = map[int]error{2: &SendError{Class: ClassGone, Code: 40003, Reason: "no"}}
		},
		"erased": func(t *testing.T, st *store.Store, _ *followerBook) {
			if _, err := st.Erase(t.Context(), store.DoctorID(st.Account(), "oF00009"), store.EraseUnfollow); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			st := storetest.SQLite(t)
			b, book := New(Options{Store: st, Instance: "one"}), &followerBook{openIDs: followersOf(25), page: 10}
			if done, err := (&followerReader{bot: b, list: book}).page(t.Context()); done || err != nil {
				t.Fatal(done, err)
			}
			leave(t, st, book)
			book.openIDs = slices.Delete(book.openIDs, 9, 10)
			b.TakeOver(t.Context(), book)
			at, err := st.Takeover(t.Context())
			if at.Done != 24 || at.FinishedAt == 0 || err != nil {
				t.Errorf("%+v, %v", at, err)
			}
			if _, err := st.LoadDoctor(t.Context(), store.DoctorID(st.Account(), "oF00024")); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTakeOverPassesTheErased: who asked to be erased may follow still; the list goes on after him all the same.
func TestTakeOverPassesTheErased(t *testing.T) {
	st := storetest.SQLite(t)
	id := doctorRow(t, st, "oF00009", nil)
	if _, err := st.Erase(t.Context(), id, store.EraseRequest); err != nil {
		t.Fatal(err)
	}
	book := &followerBook{openIDs: followersOf(25), page: 10}
	New(Options{Store: st, Instance: "one"}).TakeOver(t.Context(), book)
	if diff := cmp.Diff([]string{"", "oF00009", "oF00019", "oF00024"}, book.asked); diff != "" {
		t.Error(diff)
	}
	if d, err := st.LoadDoctor(t.Context(), id); err != nil || !d.Erased() {
		t.Errorf("%+v, %v", d.Doctor, err)
	}
}

// TestTakeOverIsPatient: a refusal does not end it, the end of the service does.
func TestTakeOverIsPatient(t *testing.T) {
	st := storetest.SQLite(t)
	b := New(Options{Store: st, Instance: "one"})
	asked := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		b.TakeOver(ctx, closedBook{asked})
		close(ended)
	}()
	<-asked
	cancel()
	<-ended
	if at, err := st.Takeover(t.Context()); at.FinishedAt != 0 || err != nil {
		t.Errorf("%+v, %v", at, err)
	}
}

// closedBook is a platform that does not give its list.
type closedBook struct{ asked chan struct{} }

func (r closedBook) Followers(context.Context, string) (FollowerPage, error) {
	close(r.asked)
	return FollowerPage{}, &SendError{Class: ClassConfig, Code: 48001, Reason: "no", After: time.Minute}
}
