package sim

import (
	"net/http"
	"time"
)

// Typing rules; source: the platform's page on the typing status (45080).
const (
	typingNeeds = 30 * time.Second // a message of the doctor within that time
	typingShown = 15 * time.Second
)

// customSend is POST message/custom/send: content first, then the receiver,
// then the allowance, which is spent only by a message that arrives.
func (p *Platform) customSend(r *http.Request) (map[string]any, *apiError) {
	var in customMessage
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	list, fault := p.customContent(in)
	if fault != nil {
		return nil, fault
	}
	u := p.byOpen[in.ToUser]
	if fault := reachable(u); fault != nil {
		return nil, fault
	}
	if fault := p.spend(u); fault != nil {
		return nil, fault
	}
	u.TypingTo = 0
	for _, m := range list {
		m.From, m.Via = "bot", "service"
		if in.CustomService != nil {
			m.Agent = in.CustomService.Account
		}
		p.post(u, m)
	}
	p.count.add(&p.count.Services)
	return nil, nil
}

// reachable says why a service message cannot go to a user.
func reachable(u *user) *apiError {
	switch {
	case u == nil:
		return errOpenID
	case !u.Following:
		return errOutOfWindow
	case u.Habits.Restricted:
		return &apiError{code: 50002, text: "user limited"}
	case u.Habits.Blacklisted:
		return &apiError{code: 43019, text: "require remove blacklist"}
	case u.Habits.BlocksMessages:
		return &apiError{code: 48002, text: "user block receive message"}
	}
	return nil
}

// customTyping is POST message/custom/typing.
func (p *Platform) customTyping(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		ToUser  string `json:"touser"`
		Command string `json:"command"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u, now := p.byOpen[in.ToUser], p.now()
	switch {
	case u == nil:
		return nil, errOpenID
	case in.Command != "Typing" && in.Command != "CancelTyping":
		return nil, &apiError{code: 45072, text: "command must be Typing or CancelTyping"}
	case !u.Following || now.UnixMilli() > u.SpokeAt+typingNeeds.Milliseconds():
		return nil, &apiError{code: 45080, text: "no message from the user in the last 30 seconds"}
	}
	u.TypingTo = 0
	if in.Command == "Typing" {
		u.TypingTo = now.Add(typingShown).UnixMilli()
	}
	p.changed("user:" + u.ID)
	return nil, nil
}
