package sim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// WeCom rules; source: the pages on application messages and card updates.
const (
	codeLife         = 72 * time.Hour
	defaultDuplicate = 1800           // seconds
	maxDuplicate     = 4 * 3600       // seconds
	codeMemory       = 24 * time.Hour // kept that long after the end
	maxCardReceivers = 1000
)

// responseCode allows one update of a task's card.
type responseCode struct {
	Task  string `json:"task"`
	Until int64  `json:"until"`
	Used  bool   `json:"used"`
}

// sentCopy remembers a message for enable_duplicate_check.
type sentCopy struct {
	MsgID string `json:"msgid"`
	At    int64  `json:"at"`
}

// RepMessage is one message on a rep's phone.
type RepMessage struct {
	ID          string            `json:"id"`
	At          time.Time         `json:"at"`
	From        string            `json:"from,omitempty"` // rep for what the rep wrote
	Kind        string            `json:"kind"`           // text, markdown, textcard, news, image, voice, video, file or card
	Text        string            `json:"text"`
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	URL         string            `json:"url,omitempty"`
	ButtonText  string            `json:"button_text,omitempty"`
	Task        string            `json:"task,omitempty"`
	Card        *Card             `json:"card,omitempty"`
	Replaced    string            `json:"replaced,omitempty"` // what stands in place of the buttons
	Selected    map[string]string `json:"selected,omitempty"` // what the rep chose when pressing
	Mentions    []string          `json:"mentions,omitempty"` // whom a robot calls
}

func badParameter(what string) *apiError {
	return &apiError{code: 40058, text: "invalid Request Parameter, " + what}
}

// corpSend is POST message/send.
func (p *Platform) corpSend(r *http.Request) (map[string]any, *apiError) {
	var in corpMessage
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	if !p.ownAgent(in.AgentID) {
		return nil, &apiError{code: 40056, text: "invalid agentid"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	m, fault := p.corpContent(in)
	if fault != nil {
		return nil, fault
	}
	to, invalid, fault := p.receivers(in)
	if fault != nil {
		return nil, fault
	}
	out := map[string]any{"invaliduser": strings.Join(invalid, "|"), "invalidparty": "", "invalidtag": "", "unlicenseduser": ""}
	if id, ok := p.duplicate(in, m, to); ok {
		out["msgid"] = id
		return out, nil
	}
	if fault := p.spendPersonSends(len(to)); fault != nil {
		return nil, fault
	}
	if m.Kind == "card" && m.Task != "" {
		if p.state.Tasks[m.Task] {
			return nil, &apiError{code: 42014, text: "task_id duplicated"}
		}
		p.state.Tasks[m.Task] = true
		out["response_code"] = p.newCode(m.Task)
	}
	out["msgid"] = p.hand(m, to)
	p.remember(in, m, to, out["msgid"].(string))
	return out, nil
}

func (p *Platform) ownAgent(raw json.RawMessage) bool {
	return strings.Trim(string(raw), `"`) == p.opts.AgentID
}

// receivers splits touser into members and strangers; the caller holds the lock.
func (p *Platform) receivers(in corpMessage) (to, invalid []string, fault *apiError) {
	if in.ToUser == "" && in.ToParty == "" && in.ToTag == "" {
		return nil, nil, badParameter("touser, toparty and totag are all empty")
	}
	names := strings.Split(in.ToUser, "|")
	if in.ToUser == "@all" {
		names = nil
		for _, r := range p.opts.Reps {
			names = append(names, r.UserID)
		}
	}
	if len(names) > maxCardReceivers {
		return nil, nil, badParameter("too many receivers")
	}
	for _, name := range names {
		switch {
		case name == "" || slices.Contains(to, name):
		case p.isRep(name):
			to = append(to, name)
		default:
			invalid = append(invalid, name)
		}
	}
	if len(to) == 0 {
		return nil, nil, &apiError{code: 81013, text: "user & party & tag all invalid"}
	}
	return to, invalid, nil
}

func (p *Platform) isRep(userid string) bool {
	return slices.ContainsFunc(p.opts.Reps, func(r Rep) bool { return r.UserID == userid })
}

// duplicate reports an equal message within the interval that the sender asked to check.
func (p *Platform) duplicate(in corpMessage, m RepMessage, to []string) (string, bool) {
	if in.DuplicateCheck == 0 {
		return "", false
	}
	seconds := in.DuplicateInterval
	if seconds == 0 {
		seconds = defaultDuplicate
	}
	before, ok := p.state.Sent[fingerprint(m, to)]
	age := p.now().UnixMilli() - before.At
	return before.MsgID, ok && age < int64(min(seconds, maxDuplicate))*1000
}

func (p *Platform) remember(in corpMessage, m RepMessage, to []string, msgid string) {
	if in.DuplicateCheck == 0 {
		return
	}
	now := p.now().UnixMilli()
	for k, c := range p.state.Sent {
		if now-c.At > maxDuplicate*1000 {
			delete(p.state.Sent, k)
		}
	}
	p.state.Sent[fingerprint(m, to)] = sentCopy{MsgID: msgid, At: now}
}

func fingerprint(m RepMessage, to []string) string {
	raw, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	return digest(string(raw), strings.Join(to, "|"))
}

// newCode draws a response code for a task; the caller holds the lock.
func (p *Platform) newCode(task string) string {
	now := p.now()
	for k, c := range p.state.Replies {
		if now.UnixMilli() > c.Until+codeMemory.Milliseconds() {
			delete(p.state.Replies, k)
		}
	}
	code := token(64)
	p.state.Replies[code] = &responseCode{Task: task, Until: now.Add(codeLife).UnixMilli()}
	return code
}

// corpAgent is GET agent/get.
func (p *Platform) corpAgent(r *http.Request) (map[string]any, *apiError) {
	if r.URL.Query().Get("agentid") != p.opts.AgentID {
		return nil, &apiError{code: 40056, text: "invalid agentid"}
	}
	users := []map[string]string{}
	for _, rep := range p.opts.Reps {
		users = append(users, map[string]string{"userid": rep.UserID})
	}
	return map[string]any{
		"agentid": json.Number(p.opts.AgentID), "name": p.opts.BotName, "description": "", "square_logo_url": "",
		"allow_userinfos": map[string]any{"user": users}, "allow_partys": map[string]any{"partyid": []int{1}},
		"close": 0, "redirect_domain": "", "report_location_flag": 0, "isreportenter": 0, "home_url": "",
	}, nil
}

// corpUser is GET user/get.
func (p *Platform) corpUser(r *http.Request) (map[string]any, *apiError) {
	id := r.URL.Query().Get("userid")
	for _, rep := range p.opts.Reps {
		if rep.UserID == id {
			return map[string]any{"userid": rep.UserID, "name": rep.Name, "department": []int{1}, "status": 1}, nil
		}
	}
	return nil, &apiError{code: 60111, text: "userid not found"}
}
