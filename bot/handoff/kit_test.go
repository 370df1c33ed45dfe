package handoff

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a store with a desk, and the pretend dispatcher that delivers what the desk puts into the outbox.
type house struct {
	t     *testing.T
	store *store.Store
	desk  *Desk
	seq   map[string]int64
	sent  []store.Effect // delivered, in order
}

func newHouse(t *testing.T, s *store.Store) *house {
	return &house{t: t, store: s, desk: newDesk(s), seq: map[string]int64{}}
}

func newDesk(s *store.Store) *Desk {
	return New(Options{Store: s, PublicURL: "https://vrep.example.com", Key: []byte("0123456789abcdef"), Company: "示例药业", BotName: "小安"})
}

// rep adds a rep with a valid filing; lands are "all", "hospital:ID" or "province:NAME".
func (h *house) rep(user, name string, lands ...string) {
	h.t.Helper()
	h.repUntil(user, name, time.Now().Add(time.Hour), lands...)
}

func (h *house) repUntil(user, name string, until time.Time, lands ...string) {
	h.t.Helper()
	r := store.Rep{UserID: user, Name: name, FilingNo: "BA-" + user, FilingUntil: until.UnixMilli(), Active: true}
	if err := h.store.SaveRep(h.t.Context(), r); err != nil {
		h.t.Fatal(err)
	}
	var rows []store.Territory
	for _, l := range lands {
		kind, value, _ := strings.Cut(l, ":")
		rows = append(rows, store.Territory{Kind: kind, Value: value})
	}
	if err := h.store.SetTerritories(h.t.Context(), user, rows); err != nil {
		h.t.Fatal(err)
	}
}

// turn commits one turn of a doctor, who is a verified follower unless edit says otherwise.
func (h *house) turn(openID string, edit func(*store.Turn)) store.Doctor {
	h.t.Helper()
	id := store.DoctorID(storetest.Account, openID)
	h.seq[id]++
	seq := h.seq[id]
	doctor := store.Doctor{
		ID: id, OpenID: openID, Name: "王建国", Hospital: "pumch", HospitalName: "北京协和医院", Department: "心内科", Title: "主任医师",
		Level: store.LevelVerified, Phase: store.PhaseIdle, Followed: true,
	}
	if f, err := h.store.LoadDoctor(h.t.Context(), id); err == nil {
		doctor = f.Doctor
	}
	turn := &store.Turn{
		Journal: store.Journal{
			Conversation: id, Seq: seq, MessageKey: fmt.Sprintf("%s-%d", id, seq), Kind: "text", Event: []byte("{}"), State: []byte("{}"), Reply: []byte("{}"),
			ReceivedAt: h.store.Now(),
		},
		Doctor: doctor,
	}
	edit(turn)
	if _, err := h.store.CommitTurn(h.t.Context(), turn); err != nil {
		h.t.Fatal(err)
	}
	return turn.Doctor
}

// lead commits a turn with an explicit wish for a visit and gives the lead's id.
func (h *house) lead(openID string) string {
	h.t.Helper()
	id := leadID(openID)
	h.turn(openID, func(t *store.Turn) {
		lines, err := json.Marshal([]store.ScoreLine{{Group: "intent", Points: 20, Why: "愿意当面交流", Evidence: "愿意当面"}})
		if err != nil {
			h.t.Fatal(err)
		}
		t.Leads = []store.Lead{{
			ID: id, Doctor: t.Doctor.ID, Kind: "f2f_request", Level: "hot", Explicit: true, Points: 42, Lines: string(lines),
			Why: "王建国老师想当面交流", Note: "电话 13800138000", Wish: "下周三下午 院内接待地点",
		}}
	})
	return id
}

func leadID(openID string) string {
	return store.DoctorID("lead", openID)
}

func (h *house) sweep() {
	h.t.Helper()
	if err := h.desk.Sweep(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// at reads the lead as it is now.
func (h *house) at(lead string) store.LeadWork {
	h.t.Helper()
	w, err := h.store.Lead(h.t.Context(), lead)
	if err != nil {
		h.t.Fatal(err)
	}
	return w
}

// want checks status and owner.
func (h *house) want(lead, status, rep string) store.LeadWork {
	h.t.Helper()
	w := h.at(lead)
	if w.Status != status || w.Rep != rep {
		h.t.Fatalf("lead is %s of %q, want %s of %q", w.Status, w.Rep, status, rep)
	}
	return w
}

// offer is the state of a rep's offer, "" for none.
func (h *house) offer(lead, rep string) store.Offer {
	for _, o := range h.at(lead).Offers {
		if o.Rep == rep {
			return o
		}
	}
	return store.Offer{}
}

// deliver sends everything that is ready; cards get a response code. It gives what was sent in this call.
func (h *house) deliver() []store.Effect {
	h.t.Helper()
	from := len(h.sent)
	for {
		batch, err := h.store.ClaimEffects(h.t.Context(), "test", 50, time.Minute)
		if err != nil {
			h.t.Fatal(err)
		}
		if len(batch) == 0 {
			return h.sent[from:]
		}
		for _, e := range batch {
			r := store.EffectResult{Status: store.EffectDone, Class: "ok"}
			if e.Kind == store.KindCard {
				r.ResponseCode = "code-" + e.Key
			}
			if err := h.store.FinishEffect(h.t.Context(), e, r); err != nil {
				h.t.Fatal(err)
			}
			h.sent = append(h.sent, e)
		}
	}
}

// one finds the only effect of a kind in a lane.
func (h *house) one(effects []store.Effect, lane, kind string) store.Effect {
	h.t.Helper()
	var found []store.Effect
	for _, e := range effects {
		if e.Lane == lane && e.Kind == kind {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		h.t.Fatalf("%d effects of kind %s in %s, want 1; all: %v", len(found), kind, lane, kinds(effects))
	}
	return found[0]
}

func kinds(effects []store.Effect) []string {
	out := make([]string, len(effects))
	for i, e := range effects {
		out[i] = e.Lane + " " + e.Kind
	}
	return out
}

// body reads a payload.
func body[T any](t *testing.T, e store.Effect) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(e.Body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// press presses a button of the newest card of a rep.
func (h *house) press(lead, rep, key string, selected map[string]string) string {
	h.t.Helper()
	a, err := h.desk.Press(h.t.Context(), rep, key, h.offer(lead, rep).Task, selected)
	if err != nil {
		h.t.Fatal(err)
	}
	return a.Text
}
