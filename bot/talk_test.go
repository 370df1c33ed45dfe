package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vrep/vrep/bot/release"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
	"github.com/vrep/vrep/store/storetest"
)

// inviteCode verifies the doctor of the scripted talk.
const inviteCode = "ABC234"

// library reads the flows of these tests.
func library(t testing.TB) *flows.Library {
	t.Helper()
	l, problems := flows.Load(os.DirFS("testdata/flows"))
	if l == nil {
		t.Fatalf("the test flows do not load: %+v", problems)
	}
	for _, p := range problems {
		if p.Level == "error" {
			t.Fatalf("the test flows have an error: %+v", p)
		}
	}
	return l
}

// fixed stops the clock of a store, so that two runs can be compared.
func fixed(o *store.Options) { o.Now = func() time.Time { return noon } }

// always gives the engine as the one in force.
func always(e *flows.Engine) func() *flows.Engine { return func() *flows.Engine { return e } }

// saveVersions keeps the flows of a library, as publishing does.
func saveVersions(ctx context.Context, st *store.Store, lib *flows.Library) error {
	versions, err := release.Versions(lib, "2026-11-18")
	if err != nil {
		return err
	}
	for _, v := range versions {
		if err := st.SaveFlowVersion(ctx, v); err != nil {
			return err
		}
	}
	return nil
}

// newBot makes a bot on the test flows.
func newBot(t testing.TB, st *store.Store, se *session.Sessions, change func(*Options)) *Bot {
	t.Helper()
	l := library(t)
	engine, err := flows.NewEngine(l, OldLibraries(st))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Store: st, Sessions: se, Engine: always(engine), Rules: platform, Zone: time.FixedZone("CST", 8*3600), Instance: "one", Now: func() time.Time { return noon }}
	if change != nil {
		change(&o)
	}
	b := New(o)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := b.Close(ctx); err != nil {
			t.Errorf("closing the bot: %v", err)
		}
	})
	if err := saveVersions(t.Context(), st, b.engine().Library()); err != nil {
		t.Fatal(err)
	}
	return b
}

func invite(t testing.TB, st *store.Store) {
	t.Helper()
	if err := st.AddInvite(context.Background(), store.Invite{Code: inviteCode, MaxUses: 100}); err != nil {
		t.Fatal(err)
	}
}

// script is a whole talk: what the doctor does, one event each. "@" begins an event of the platform.
var script = []string{"@subscribe", "张三", "同意", "1", inviteCode, "同意", "好的",
	"我的病人过敏了", "好的", "全身皮疹", "示例沙坦片", "65岁 男", "张三", "谢谢"}

// inbound makes the n-th event of a doctor.
func inbound(account, openID string, n int, what string) Inbound {
	in := Inbound{
		Account: account, OpenID: openID, Key: fmt.Sprintf("%s-%d", openID, n), MsgID: fmt.Sprint(n), Kind: "text", Text: what,
		SentAt: noon.Add(time.Duration(n) * time.Second),
	}
	if event, ok := strings.CutPrefix(what, "@"); ok {
		in.Kind, in.Text = "event", ""
		in.Event, in.EventKey, _ = strings.Cut(event, ":")
	}
	return in
}

// say sends the n-th event and gives the reply.
func say(t testing.TB, b *Bot, openID string, n int, what string) string {
	t.Helper()
	r, err := b.Receive(context.Background(), inbound(storetest.Account, openID, n, what))
	if err != nil {
		t.Fatalf("event %d: %v", n, err)
	}
	return r.Text
}

// playScript plays the whole script and gives the replies.
func playScript(t testing.TB, b *Bot, openID string, between func(n int)) []string {
	t.Helper()
	var replies []string
	for n, what := range script {
		replies = append(replies, say(t, b, openID, n, what))
		if between != nil {
			between(n)
		}
	}
	return replies
}

// kept is everything that a talk leaves in the database, without what depends on the run.
type kept struct {
	Record  store.DoctorRecord
	Replies []string // of all turns in order
}

// remains reads what the talk of a doctor left.
func remains(t testing.TB, st *store.Store, openID string) kept {
	t.Helper()
	ctx := context.Background()
	id := store.DoctorID(st.Account(), openID)
	r, err := st.DoctorRecord(ctx, id)
	if err != nil {
		t.Fatalf("reading the record: %v", err)
	}
	k := kept{Record: r}
	for i := len(r.Journal) - 1; i >= 0; i-- {
		j := r.Journal[i]
		if want := r.Journal[len(r.Journal)-1].Seq + int64(len(r.Journal)-1-i); j.Seq != want || len(r.Erasures) == 0 && j.Seq != int64(len(r.Journal)-i) {
			t.Errorf("turn number %d at position %d", j.Seq, want)
		}
		var reply Reply
		if len(j.Reply) > 0 {
			if err := json.Unmarshal(j.Reply, &reply); err != nil {
				t.Fatal(err)
			}
		}
		k.Replies = append(k.Replies, reply.Text)
	}
	return k
}

// sameTalk compares two talks to the last field; the clock stands still in both.
func sameTalk(want, got kept) string {
	return cmp.Diff(want, got,
		cmpopts.IgnoreFields(store.Journal{}, "Instance"), cmpopts.IgnoreFields(store.Doctor{}, "SealedKey"),
		cmpopts.EquateEmpty(),
	)
}

// changedLibrary is the test library with one text replaced, and more pairs of them.
func changedLibrary(t testing.TB, old, fresh string, more ...string) *flows.Library {
	t.Helper()
	changed := fstest.MapFS{}
	files, err := fs.Glob(os.DirFS("testdata/flows"), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		body, err := os.ReadFile(filepath.Join("testdata/flows", name))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer(append([]string{old, fresh}, more...)...).Replace(string(body))
		changed[name] = &fstest.MapFile{Data: []byte(text)}
	}
	l, problems := flows.Load(changed)
	if l == nil {
		t.Fatalf("the changed flows do not load: %+v", problems)
	}
	return l
}
