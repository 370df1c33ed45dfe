package sim

import (
	"fmt"
	"net/http"
	"strconv"
)

const maxNewUsers = 20_000 // of one POST /_sim/users

// newUsers is the body of POST /_sim/users.
type newUsers struct {
	ID        string `json:"id"`        // empty: the next demo doctor
	Count     int    `json:"count"`     // more than one: id is the beginning of numbered ids
	Following bool   `json:"following"` // since before the account was connected: nothing is pushed
}

// postUser adds the demo doctor with the next free number, or the users named.
func (p *Platform) postUser(w http.ResponseWriter, r *http.Request) {
	var in newUsers
	if err := readBody(w, r, &in); err != nil {
		sendError(w, err)
		return
	}
	if in.Count < 0 || in.Count > maxNewUsers || in.Count > 1 && in.ID == "" {
		sendError(w, fmt.Errorf("%w: count up to %d, with an id", ErrRefused, maxNewUsers))
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	names := []string{in.ID}
	if in.ID == "" {
		n := 1
		for p.state.Users["demo"+strconv.Itoa(n)] != nil {
			n++
		}
		names[0] = "demo" + strconv.Itoa(n)
	}
	if in.Count > 1 {
		names = numbered(in.ID, in.Count)
	}
	var line userLine
	for _, name := range names {
		u, err := p.userOf(name)
		if err != nil {
			sendError(w, err)
			return
		}
		if in.Following && !u.Following {
			u.Following, u.Left, u.FollowedAt = true, false, p.now().UnixMilli()
		}
		line = p.line(u)
	}
	answer(w, line)
}

func numbered(prefix string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = prefix + strconv.Itoa(i+1)
	}
	return out
}

// putUser changes a doctor's habits; what the body does not name stays.
func (p *Platform) putUser(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	u, err := p.userOf(r.PathValue("id"))
	var habits Habits
	if err == nil {
		habits = u.Habits
	}
	p.mu.Unlock()
	if err == nil {
		err = readBody(w, r, &habits)
	}
	if err != nil {
		sendError(w, err)
		return
	}
	p.mu.Lock()
	u.Habits = habits
	p.changed("user:" + u.ID)
	p.mu.Unlock()
	answer(w, habits)
}

// resend delivers the last callback of a user again.
func (p *Platform) resend(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Deliveries int `json:"deliveries"`
	}
	if err := readBody(w, r, &in); err != nil {
		sendError(w, err)
		return
	}
	j, err := p.enqueueAgain(r.PathValue("id"), in.Deliveries)
	if err != nil {
		sendError(w, err)
		return
	}
	res, err := p.await(r.Context(), j)
	reply(w, res, err)
}

func (p *Platform) enqueueAgain(id string, copies int) (*job, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.state.Users[id]
	if u == nil || u.Last == nil {
		return nil, fmt.Errorf("%w: nothing was delivered for this user yet", ErrUnknown)
	}
	if p.closed {
		return nil, ErrClosed
	}
	j := &job{u: u, label: "resend", resend: true, copies: copies, event: sameEvent(u.Last),
		parcel: parcel{plain: u.Last, to: p.opts.OriginalID, openid: u.OpenID}}
	return j, p.queue(u, j)
}
