package bot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/bot/wechat"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/sim"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// histories is how many random histories of a doctor TestTheLedgerForeseesRefusals plays. TMPDIR in memory makes it several times faster.
//
//	TMPDIR=/dev/shm go test ./bot -run TestTheLedgerForeseesRefusals -histories 100000 -parallel 6 -timeout 5h
var histories = flag.Int("histories", 200, "random histories of the ledger against the simulator")

// Shape of a history.
const (
	together = 100 // doctors who share a platform and its clock
	steps    = 7
	helpers  = 16
)

// foreseeable are the refusals that the ledger exists to avoid.
var foreseeable = []string{"45015", "45047", "43101", "45028"}

const (
	appID    = "wx0123456789abcdef"
	pushID   = "push_template_0001"
	noticeID = "notice_template_01"
	fields   = "thing1=title,thing2=summary,time3=time"
)

var rules = bot.Rules{
	ChatMessages: 5, ChatWindow: 48 * time.Hour, QuickMessages: 3, QuickWindow: time.Minute, MassPerMonth: 4, Reserve: 1, Mass: true,
	PushTemplate: pushID, NoticeTemplate: noticeID,
}

// TestTheLedgerForeseesRefusals plays random histories through the wire protocol: what doctors do, what the house wants to say, time that passes, and a
// platform that fails now and then. What was delivered before a send is known to us, so the platform must never have to refuse one for want of an
// allowance.
func TestTheLedgerForeseesRefusals(t *testing.T) {
	var mu sync.Mutex
	sums := map[string]float64{}
	t.Run("all", func(t *testing.T) {
		for n := 0; n < *histories; n += together {
			t.Run(fmt.Sprint("from ", n), func(t *testing.T) {
				t.Parallel()
				counted := newHistory(t, uint64(n)).play()
				mu.Lock()
				defer mu.Unlock()
				for kind, n := range counted {
					sums[kind] += n
				}
			})
		}
	})
	t.Logf("%d histories: %v", *histories, sums)
	for _, kind := range []string{"services", "subscribes", "templates", "mass", "replies"} {
		if sums[kind] == 0 {
			t.Errorf("no %s in all histories: they prove nothing", kind)
		}
	}
}

// history is a platform with its doctors, and the service behind it.
type history struct {
	t        *testing.T
	rand     *rand.Rand
	platform *sim.Platform
	front    *httptest.Server
	store    *store.Store
	bot      *bot.Bot
	client   *http.Client
	openIDs  []string
	gone     [together]bool // who has left, and mostly comes back
	queued   int
	trace    trace
}

func newHistory(t *testing.T, seed uint64) *history {
	h := &history{t: t, rand: rand.New(rand.NewPCG(seed, 1)), client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: helpers}}}
	mux := http.NewServeMux()
	h.front = httptest.NewServer(mux)
	t.Cleanup(h.front.Close)
	begin := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC).Add(time.Duration(h.rand.IntN(10*24*60)) * time.Minute)
	key := strings.Repeat("a", 43)
	template := func(id, kind string) sim.Template {
		return sim.Template{ID: id, Kind: kind, Title: "notice", Fields: []sim.TemplateField{{Key: "thing1", Name: "a"}, {Key: "thing2", Name: "b"}, {Key: "time3", Name: "c"}}}
	}
	var err error
	h.platform, err = sim.New(sim.Options{
		AppID: appID, AppSecret: "secret", Token: "token", AESKey: key, CallbackURL: h.front.URL + "/callback", Now: func() time.Time { return begin },
		PeerFollowsClock: true, Seed: seed, Templates: []sim.Template{template(pushID, sim.TemplateSubscribe), template(noticeID, sim.TemplateNotice)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.platform.Close(); err != nil {
			t.Errorf("closing the platform: %v", err)
		}
		h.client.CloseIdleConnections()
	})
	h.store = storetest.SQLite(t, func(o *store.Options) { o.Now, o.Account = h.platform.Now, appID })
	h.wire(key, mux)
	for i := range together {
		h.known(i)
	}
	return h
}

// wire starts the service behind the platform.
func (h *history) wire(key string, mux *http.ServeMux) {
	template := func(id string) wechat.Template { return wechat.Template{ID: id, Fields: fields} }
	sender, err := wechat.NewSender(wechat.SenderOptions{
		AppID: appID, Secret: "secret", APIBase: h.front.URL + "/_sim/api/wechat", PushTemplate: template(pushID), NoticeTemplate: template(noticeID),
		Now: h.platform.Now,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(sender.Close)
	lib, problems := flows.Load(fstest.MapFS{"idle.yaml": {Data: []byte("flow: idle\ntitle: x\nowner: x\napproval: {no: T-1, until: 2029-12-31}\nstart:\n  on: [\"word:begin\"]\nsteps:\n  - say: hello\n  - end: done\n")}})
	if lib == nil {
		h.t.Fatalf("the flow does not load: %+v", problems)
	}
	engine, err := flows.NewEngine(lib, bot.OldLibraries(h.store))
	if err != nil {
		h.t.Fatal(err)
	}
	senders := map[string]bot.Sender{}
	for _, kind := range []string{store.KindText, store.KindNews} {
		senders[kind] = traced{sender, &h.trace}
	}
	sessions := storetest.Embedded(h.t)
	h.bot = bot.New(bot.Options{
		Store: h.store, Sessions: sessions, Engine: func() *flows.Engine { return engine }, Senders: senders, Mass: sender, Rules: rules, Instance: "one", Now: h.platform.Now,
	})
	h.t.Cleanup(func() {
		if err := h.bot.Close(context.Background()); err != nil {
			h.t.Errorf("closing the bot: %v", err)
		}
	})
	hook, err := wechat.NewWebhook(wechat.WebhookOptions{AppID: appID, Token: "token", AESKey: key, Receiver: h.bot, Now: h.platform.Now})
	if err != nil {
		h.t.Fatal(err)
	}
	mux.Handle("/callback", hook)
	mux.Handle("/", h.platform.Handler())
}

func name(i int) string { return fmt.Sprintf("doctor%d", i) }

// known makes a doctor who agrees to be written to, before anything happens.
func (h *history) known(i int) {
	h.control("POST", "/_sim/users", map[string]any{"id": name(i), "following": i%2 == 0})
	openID, _ := h.control("GET", "/_sim/users/"+name(i), nil)["openid"].(string)
	h.openIDs = append(h.openIDs, openID)
	id := store.DoctorID(appID, openID)
	turn := &store.Turn{
		Journal:  store.Journal{Conversation: id, Seq: 1, MessageKey: "before " + name(i), Kind: "text", Event: []byte("{}"), Reply: []byte("{}"), SentAt: 1},
		Doctor:   store.Doctor{ID: id, OpenID: openID, Phase: store.PhaseIdle, Level: store.LevelVerified, Followed: i%2 == 0},
		Consents: []store.Consent{{Conversation: id, Seq: 1, Purpose: store.PurposeBase, Granted: true}, {Conversation: id, Seq: 1, Purpose: store.PurposePush, Granted: true}},
	}
	if _, err := h.store.CommitTurn(h.t.Context(), turn); err != nil {
		h.t.Fatal(err)
	}
}

// control makes one call of the simulator's control API. A conflict, such as a doctor who speaks after he has left, is no error.
func (h *history) control(method, path string, body any) map[string]any {
	data, err := json.Marshal(body)
	if err != nil {
		h.t.Error(err)
		return nil
	}
	req, err := http.NewRequest(method, h.front.URL+path, bytes.NewReader(data))
	if err != nil {
		h.t.Error(err)
		return nil
	}
	res, err := h.client.Do(req)
	if err != nil {
		h.t.Error(err)
		return nil
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	out := map[string]any{}
	if err != nil || len(answer) > 0 && json.Unmarshal(answer, &out) != nil || res.StatusCode >= 300 && res.StatusCode != http.StatusConflict {
		h.t.Errorf("%s answers %d: %s", path, res.StatusCode, answer)
	}
	return out
}

// play goes through the steps, looks what the platform had to refuse and gives what it counted.
func (h *history) play() map[string]float64 {
	for _, f := range []string{
		`{"path":"/cgi-bin/message/custom/send","errcode":-1,"percent":3}`,
		`{"path":"/cgi-bin/message/custom/send","status":502,"after":true,"percent":1}`,
		`{"path":"/cgi-bin/message/custom/send","status":502,"percent":1}`,
		`{"path":"/cgi-bin/message/subscribe/bizsend","status":502,"after":true,"percent":2}`,
	} {
		h.control("POST", "/_sim/faults", json.RawMessage(f))
	}
	for range steps {
		pass := h.pass()
		h.platform.Advance(pass)
		for _, openID := range h.openIDs {
			h.trace.add(store.DoctorID(appID, openID), "%v later, at %s", pass, h.platform.Now().Format("02 15:04:05.000"))
		}
		acts, says := h.acts(h.rand.IntN(3) == 0), h.says()
		if !acts.overlap {
			h.act(acts)
		}
		if err := h.store.AddEffects(h.t.Context(), says); err != nil {
			h.t.Errorf("queueing: %v", err)
		}
		var both sync.WaitGroup
		both.Go(func() { h.bot.DrainDue(h.t.Context()) })
		if acts.overlap {
			both.Go(func() { h.act(acts) })
		}
		both.Wait()
		if _, err := h.bot.MassRound(h.t.Context()); err != nil {
			h.t.Errorf("mass round: %v", err)
		}
	}
	counters := h.control("GET", "/_sim/counters", nil)
	counted := map[string]float64{"queued": float64(h.queued)}
	refused, _ := counters["api_errors"].(map[string]any)
	for code, n := range refused {
		counted["answered "+code], _ = n.(float64)
		if slices.Contains(foreseeable, code) {
			h.t.Errorf("%v calls were answered %s: %v; again: -run '^%s$' -histories %d%s", n, code, counters["api_refusals"],
				strings.ReplaceAll(h.t.Name(), "/", "$/^"), *histories, h.trace.told())
		}
	}
	calls, _ := counters["api_calls"].(map[string]any)
	for path, n := range calls {
		counted["calls "+path], _ = n.(float64)
	}
	for _, kind := range []string{"services", "subscribes", "templates", "mass", "replies", "notices"} {
		counted[kind], _ = counters[kind].(float64)
	}
	return counted
}

// pass is how much time goes by: mostly little, often about as long as an allowance lasts, sometimes a month.
func (h *history) pass() time.Duration {
	around := []time.Duration{0, 0, 100 * time.Millisecond, 900 * time.Millisecond, 3 * time.Second, 3 * time.Second, 20 * time.Second, 57 * time.Second, 59 * time.Second,
		time.Minute, 61 * time.Second, 5 * time.Minute, time.Hour, 20 * time.Hour, 48*time.Hour - 3*time.Second, 48*time.Hour - time.Second, 48 * time.Hour,
		[]time.Duration{49 * time.Hour, 8 * 24 * time.Hour, 31 * 24 * time.Hour}[h.rand.IntN(3)]}
	return around[h.rand.IntN(len(around))] + time.Duration(h.rand.IntN(1500))*time.Millisecond
}

// deed is one act of a doctor.
type deed struct {
	doctor int
	name   string
	body   map[string]any
}

// deeds are done in one step; those that overlap with sends only add to what may be sent.
type deeds struct {
	overlap bool
	list    []deed
}

func (h *history) acts(overlap bool) deeds {
	out := deeds{overlap: overlap}
	for i := range together {
		for range h.rand.IntN(3) {
			d := deed{doctor: i, name: "say", body: map[string]any{"text": "hello"}}
			dice := h.rand.IntN(9)
			if h.gone[i] && dice%2 == 0 {
				dice = 0
			}
			switch dice {
			case 0:
				d.name, d.body, h.gone[i] = "follow", map[string]any{}, false
			case 1:
				d.name, d.body = "press", map[string]any{"key": "K"}
			case 2:
				d.name, d.body = "scan", map[string]any{"scene": "s1"}
			case 3:
				d.body["menu_id"] = "101"
			case 4:
				d.name, d.body = "consent", map[string]any{"templates": []map[string]any{{"id": pushID, "accept": h.rand.IntN(4) > 0}}}
			case 5:
				d.name, d.body = "view", map[string]any{"url": "https://example.com/"}
			case 6:
				if !overlap {
					d.name, d.body, h.gone[i] = "unfollow", map[string]any{}, true
				}
			}
			out.list = append(out.list, d)
		}
	}
	return out
}

// act lets the doctors act, several at once, each of them in order.
func (h *history) act(all deeds) {
	var wg sync.WaitGroup
	for n := range helpers {
		wg.Go(func() {
			for _, d := range all.list {
				if d.doctor%helpers == n {
					h.does(d)
				}
			}
		})
	}
	wg.Wait()
}

// says are what the house wants to say in one step.
func (h *history) says() []store.Effect {
	intents := []string{store.IntentReply, store.IntentPrompt, store.IntentReminder, store.IntentAsked, store.IntentPush, store.IntentPush, store.IntentNotice,
		store.IntentSafety, store.IntentHandoff}
	var out []store.Effect
	most := []int{2, 4, 9}[h.rand.IntN(3)] // from quiet to more than any allowance
	for _, openID := range h.openIDs {
		for range h.rand.IntN(most) {
			e := store.Effect{Lane: store.DoctorLane(store.DoctorID(appID, openID)), Intent: intents[h.rand.IntN(len(intents))], Kind: store.KindText}
			var payload any = store.Text{OpenID: openID, Text: "a line"}
			if e.Intent == store.IntentPush || e.Intent == store.IntentAsked {
				item := fmt.Sprint("content", h.rand.IntN(4))
				e.Kind, payload = store.KindNews, store.News{OpenID: openID, Content: item, Title: item, URL: "https://example.com/" + item}
			}
			body, err := json.Marshal(payload)
			if err != nil {
				h.t.Fatal(err)
			}
			h.queued++
			e.Key, e.Body = fmt.Sprint("said ", h.queued), body
			out = append(out, e)
		}
	}
	return out
}
