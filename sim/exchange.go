package sim

import (
	"fmt"
	"net/http"
	"time"
)

const (
	keepExchanges = 10       // per doctor
	keepWire      = 16 << 10 // bytes of each body that the inspector keeps
)

// Exchange is one callback of a doctor, for the inspector: in plain text, with
// each of its deliveries as they went over the wire.
type Exchange struct {
	ID       int64     `json:"id"`
	At       time.Time `json:"at"`
	Label    string    `json:"label"` // message type or event
	Query    string    `json:"query"` // of the last delivery
	In       string    `json:"in"`    // what the platform said, before encryption
	Out      string    `json:"out"`   // what was answered, after decryption
	Status   int       `json:"status"`
	MS       int64     `json:"ms"` // of the last delivery
	Attempts int       `json:"attempts"`
	Problem  string    `json:"problem,omitempty"`
	Log      []Attempt `json:"log"`
}

// Attempt is one delivery as it went over the wire.
type Attempt struct {
	At      time.Time `json:"at"`
	Query   string    `json:"query"` // with timestamp, nonce and signatures
	Body    string    `json:"body"`  // as posted
	Status  int       `json:"status"`
	Answer  string    `json:"answer"` // as answered
	MS      int64     `json:"ms"`
	Twist   string    `json:"twist,omitempty"` // planned trouble
	Problem string    `json:"problem,omitempty"`
}

func (o outcome) record(at time.Time, way string) Attempt {
	a := Attempt{At: at.UTC(), Query: o.sent.query, Body: clip(string(o.sent.body)), Status: o.status,
		Answer: clip(o.raw), MS: o.took.Milliseconds(), Twist: way}
	if o.err != nil {
		a.Problem = o.err.Error()
	}
	return a
}

func clip(s string) string {
	if len(s) <= keepWire {
		return s
	}
	return s[:keepWire] + fmt.Sprintf("… (%d bytes)", len(s))
}

// note keeps the exchange for the inspector; the caller holds the lock.
func (p *Platform) note(j *job, o outcome) {
	p.state.LastID++
	e := &Exchange{ID: p.state.LastID, At: j.started.UTC(), Label: j.label, Query: o.sent.query, In: clip(string(j.parcel.plain)),
		Out: clip(string(o.reply)), Status: o.status, MS: o.took.Milliseconds(), Attempts: o.attempts, Log: o.log}
	if o.reply == nil {
		e.Out = clip(o.raw)
	}
	if o.err != nil {
		e.Problem = o.err.Error()
		p.log.Warn("callback not answered properly", "status", o.status, "attempts", o.attempts, "error", o.err)
	}
	u := j.u
	u.Exchange = e
	u.log = append(u.log, e)
	if len(u.log) > keepExchanges {
		u.log = append([]*Exchange(nil), u.log[1:]...)
	}
	u.past = append(u.past, o.sent)
	if len(u.past) > keepPast {
		u.past = append([]posting(nil), u.past[1:]...)
	}
	p.changed("user:" + u.ID)
}

// getExchanges is GET /_sim/users/{id}/exchanges?after=ID.
func (p *Platform) getExchanges(w http.ResponseWriter, r *http.Request) {
	after, err := afterOf(r)
	if err != nil {
		sendError(w, err)
		return
	}
	p.mu.Lock()
	u, err := p.userOf(r.PathValue("id"))
	list := []Exchange{}
	if err == nil {
		for _, e := range u.log {
			if e.ID > after {
				list = append(list, *e)
			}
		}
	}
	p.mu.Unlock()
	reply(w, map[string]any{"exchanges": list}, err)
}
