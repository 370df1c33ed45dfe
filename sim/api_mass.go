package sim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Rules of mass sends; source: the page on batch sends.
const (
	massPerMonth   = 4 // received by one user in a calendar month
	massLeast      = 2 // openids of message/mass/send
	massMost       = 10_000
	massMemory     = 24 * time.Hour // of clientmsgid
	maxClientMsgID = 64             // bytes
)

// massJob is a mass send that was taken.
type massJob struct {
	DataID int64 `json:"data_id"`
	At     int64 `json:"at"`
}

// massMessage is the body of mass/send, mass/sendall and mass/preview.
type massMessage struct {
	ToUser  json.RawMessage `json:"touser"`
	ToName  string          `json:"towxname"`
	Filter  *massFilter     `json:"filter"`
	MsgType string          `json:"msgtype"`
	Text    *textBody       `json:"text"`
	MPNews  *mediaBody      `json:"mpnews"`
	Voice   *mediaBody      `json:"voice"`
	Image   *mediaBody      `json:"image"`
	Images  *struct {
		IDs         []string `json:"media_ids"`
		Recommend   string   `json:"recommend"`
		Comment     int      `json:"need_open_comment"`
		FansComment int      `json:"only_fans_can_comment"`
	} `json:"images"`
	MPVideo       *videoBody `json:"mpvideo"`
	IgnoreReprint int        `json:"send_ignore_reprint"`
	ClientMsgID   string     `json:"clientmsgid"`
}

type massFilter struct {
	ToAll bool `json:"is_to_all"`
	TagID int  `json:"tag_id"`
}

// massSend is POST message/mass/send: two openids at least.
func (p *Platform) massSend(r *http.Request) (map[string]any, *apiError) {
	var in massMessage
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	var openids []string
	if err := json.Unmarshal(in.ToUser, &openids); err != nil || in.Filter != nil {
		return nil, &apiError{code: codeBadJSON, text: "data format error: touser must be a list"}
	}
	if len(openids) < massLeast || len(openids) > massMost {
		return nil, &apiError{code: 40130, text: "invalid openid list size, at least two openid"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mass(in, openids)
}

// massSendAll is POST message/mass/sendall: everybody or one tag.
func (p *Platform) massSendAll(r *http.Request) (map[string]any, *apiError) {
	var in massMessage
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	if in.Filter == nil || in.ToUser != nil {
		return nil, &apiError{code: codeBadJSON, text: "data format error: filter is missing"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	tag := in.Filter.TagID
	if in.Filter.ToAll {
		tag = 0
	} else if p.tagByID(tag) == nil {
		return nil, errTag
	}
	return p.mass(in, p.followers(tag))
}

// mass shows a message to those who may still get one this month, and plans
// the report; the caller holds the lock.
func (p *Platform) mass(in massMessage, openids []string) (map[string]any, *apiError) {
	list, fault := p.massContent(in)
	if fault != nil {
		return nil, fault
	}
	key, fault := p.massKey(in, openids)
	if fault != nil {
		return nil, fault
	}
	var fans, ready []*user
	for _, openid := range slices.Compact(slices.Sorted(slices.Values(openids))) {
		if u := p.byOpen[openid]; u != nil && u.Following {
			fans = append(fans, u)
		}
	}
	now := p.now()
	spent := 0
	for _, u := range fans {
		switch {
		case p.massLeft(u) == 0:
			spent++
		case !u.Habits.BlocksMessages && !u.Habits.Blacklisted:
			ready = append(ready, u)
		}
	}
	switch {
	case len(fans) == 0:
		return nil, errOpenID
	case spent == len(fans):
		return nil, &apiError{code: 45028, text: "has no masssend quota"}
	}
	failed := p.massDeliver(ready, list)
	id := p.nextMsgID()
	p.rememberSend(key, id)
	job := &massJob{DataID: asNumber(id) + 1, At: now.UnixMilli()}
	p.state.Mass[id] = job
	p.later(massReport, report{Event: "MASSSENDJOBFINISH", Parts: []part{digits("MsgID", id), txt("Status", "send success"),
		num("TotalCount", int64(len(fans))), num("FilterCount", int64(len(ready))),
		num("SentCount", int64(len(ready)-failed)), num("ErrorCount", int64(failed))}})
	return map[string]any{"msg_id": asNumber(id), "msg_data_id": job.DataID}, nil
}

// massLeft is how many mass messages a user may still get in this month of
// Beijing; it turns the month over. The caller holds the lock.
func (p *Platform) massLeft(u *user) int {
	if m := month(p.now()); u.MassMonth != m {
		u.MassMonth, u.MassGot = m, 0
	}
	return max(massPerMonth-u.MassGot, 0)
}

// massDeliver posts to everyone's chat and returns how many the platform failed to reach.
func (p *Platform) massDeliver(people []*user, list []Message) (failed int) {
	for _, u := range people {
		if u.Habits.Restricted {
			failed++
			continue
		}
		u.MassGot++
		for _, m := range list {
			m.From, m.Via = "bot", "mass"
			p.post(u, m)
			p.count.add(&p.count.Mass)
		}
	}
	return failed
}

// massKey refuses a clientmsgid that was used within a day; without one the
// platform takes a digest of receivers and content instead.
func (p *Platform) massKey(in massMessage, openids []string) (string, *apiError) {
	id := in.ClientMsgID
	if len(id) > maxClientMsgID {
		return "", &apiError{code: 45064, text: "clientmsgid size out of limit"}
	}
	if id == "" {
		in.ToUser = nil
		raw, err := json.Marshal(in)
		if err != nil {
			return "", errSystem
		}
		id = digest(string(raw), strings.Join(openids, "|"))
	}
	key := "mass\x00" + id
	if sent, ok := p.state.Sends[key]; ok && p.now().UnixMilli()-sent.At < massMemory.Milliseconds() {
		return "", &apiError{code: 45065, text: "clientmsgid exist", extra: map[string]any{"msg_id": asNumber(sent.MsgID)}}
	}
	return key, nil
}

// massContent is what everybody gets; the caller holds the lock.
func (p *Platform) massContent(in massMessage) ([]Message, *apiError) {
	switch {
	case in.MsgType == "text" && in.Text != nil:
		return []Message{{Kind: "text", Text: in.Text.Content}}, checkText(in.Text.Content)
	case in.MsgType == "mpnews" && in.MPNews != nil:
		return p.articleContent(in.MPNews.MediaID, eventArticles)
	case in.MsgType == "voice" && in.Voice != nil:
		return p.mediaContent(Message{Kind: "voice"}, in.Voice.MediaID, "")
	case in.MsgType == "mpvideo" && in.MPVideo != nil:
		v := in.MPVideo
		return p.mediaContent(Message{Kind: "video", Title: v.Title, Description: v.Description}, v.MediaID, "")
	case in.MsgType == "image" && in.Image != nil:
		return p.mediaContent(Message{Kind: "image"}, in.Image.MediaID, "")
	case in.MsgType == "image" && in.Images != nil && len(in.Images.IDs) > 0:
		var out []Message
		for _, id := range in.Images.IDs {
			one, fault := p.mediaContent(Message{Kind: "image"}, id, "")
			if fault != nil {
				return nil, fault
			}
			out = append(out, one...)
		}
		return out, nil
	}
	return nil, errMessageType
}

// massPreview is POST message/mass/preview to one follower.
func (p *Platform) massPreview(r *http.Request) (map[string]any, *apiError) {
	var in massMessage
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	var openid string
	if len(in.ToUser) > 0 {
		if err := json.Unmarshal(in.ToUser, &openid); err != nil {
			return nil, &apiError{code: codeBadJSON, text: "data format error: touser must be one openid"}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	list, fault := p.massContent(in)
	if fault != nil {
		return nil, fault
	}
	u := p.byOpen[openid]
	if u == nil || !u.Following {
		return nil, &apiError{code: 40132, text: "invalid username"}
	}
	for _, m := range list {
		m.From, m.Via = "bot", "preview"
		p.post(u, m)
	}
	return map[string]any{"msg_id": asNumber(p.nextMsgID())}, nil
}

// massGet is POST message/mass/get.
func (p *Platform) massGet(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		ID json.Number `json:"msg_id"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	job := p.state.Mass[in.ID.String()]
	if job == nil {
		return nil, &apiError{code: 40059, text: "invalid msg id"}
	}
	status := "SENDING"
	if p.now().UnixMilli() >= job.At+massReport.Milliseconds() {
		status = "SEND_SUCCESS"
	}
	return map[string]any{"msg_id": in.ID, "msg_status": status}, nil
}
