package sim

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// corpPassive is the plain passive reply to what a rep wrote.
type corpPassive struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   string
	FromUserName string
	CreateTime   int64
	MsgType      string
	Content      string
}

// talkResult is the answer of the control call.
type talkResult struct {
	Status  int      `json:"status"`
	Replies []string `json:"replies"`
}

// repTalk posts what a rep does in the app and shows the passive reply.
// WeCom cuts a long text and shows no failure line. ErrUnknown: no such rep.
func (p *Platform) repTalk(ctx context.Context, userid, text string) (talkResult, error) {
	if !p.isRep(userid) {
		return talkResult{}, fmt.Errorf("%w: no such rep", ErrUnknown)
	}
	p.mu.Lock()
	if err := p.begin(); err != nil {
		p.mu.Unlock()
		return talkResult{}, err
	}
	parts := []part{txt("ToUserName", p.opts.CorpID), txt("FromUserName", userid), num("CreateTime", p.now().Unix())}
	if text == "" {
		parts = append(parts, txt("MsgType", "event"), txt("Event", "enter_agent"), txt("EventKey", ""))
	} else {
		// Since 2025 ids are texts with characters of base64.
		id := base64.StdEncoding.EncodeToString([]byte(p.nextMsgID()))
		parts = append(parts, txt("MsgType", "text"), txt("Content", text), txt("MsgId", id))
		p.state.Reps[userid] = p.stamped(p.state.Reps[userid], RepMessage{From: "rep", Kind: "text", Text: text})
		p.changed("rep:" + userid)
	}
	parts = append(parts, digits("AgentID", p.opts.AgentID))
	p.mu.Unlock()
	type end struct {
		res talkResult
		err error
	}
	done := make(chan end, 1)
	go func() {
		defer p.wg.Done()
		o := p.deliver(p.wecomPeer(), parcel{plain: encode(parts, FormatXML), to: p.opts.CorpID, agent: p.opts.AgentID}, nil)
		res, err := p.applyTalk(userid, o)
		done <- end{res, err}
	}()
	select {
	case e := <-done:
		return e.res, e.err
	case <-ctx.Done():
		return talkResult{}, fmt.Errorf("waiting for the callback: %w", ctx.Err())
	}
}

func (p *Platform) applyTalk(userid string, o outcome) (talkResult, error) {
	res := talkResult{Status: o.status, Replies: []string{}}
	if o.err != nil {
		return res, fmt.Errorf("%w: %w", errPeer, o.err)
	}
	if o.reply == nil {
		return res, nil
	}
	var r corpPassive
	if err := xml.Unmarshal(o.reply, &r); err != nil {
		return res, p.refuse("plain reply is not well-formed XML")
	}
	switch {
	case r.ToUserName != userid || r.FromUserName != p.opts.CorpID:
		return res, p.refuse("names are not swapped")
	case r.MsgType != "text" || r.Content == "":
		return res, p.refuse("MsgType or its content")
	}
	m := RepMessage{Kind: "text", Text: truncate(r.Content, MaxText)}
	res.Replies = append(res.Replies, m.Text)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state.Reps[userid] = p.stamped(p.state.Reps[userid], m)
	p.changed("rep:" + userid)
	return res, nil
}

// stamped appends a message with id and time, within bounds; the caller holds the lock.
func (p *Platform) stamped(list []*RepMessage, m RepMessage) []*RepMessage {
	p.state.LastID++
	m.ID = strconv.FormatInt(p.state.LastID, 10)
	m.At = p.now().UTC().Truncate(time.Millisecond)
	list = append(list, &m)
	if len(list) > keepMessages {
		list = append([]*RepMessage(nil), list[len(list)-keepMessages:]...)
	}
	return list
}

func (p *Platform) postRepSay(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Text string `json:"text"`
	}
	err := readBody(w, r, &in)
	if err == nil && in.Text == "" {
		err = fmt.Errorf("%w: text is empty", ErrRefused)
	}
	if err != nil {
		sendError(w, err)
		return
	}
	res, err := p.repTalk(r.Context(), r.PathValue("userid"), in.Text)
	reply(w, res, err)
}

func (p *Platform) postRepEnter(w http.ResponseWriter, r *http.Request) {
	if err := readBody(w, r, &struct{}{}); err != nil {
		sendError(w, err)
		return
	}
	res, err := p.repTalk(r.Context(), r.PathValue("userid"), "")
	reply(w, res, err)
}
