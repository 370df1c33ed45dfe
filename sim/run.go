package sim

import (
	"errors"
	"sync"
)

// run posts a job, reads what came back and enters it into the chat. Of
// several deliveries at once the first one's reply is shown.
func (p *Platform) run(j *job) {
	c := p.wechatPeer()
	outs := make([]outcome, j.copies)
	var wg sync.WaitGroup
	for i := range outs {
		wg.Go(func() { outs[i] = p.deliver(c, j.parcel) })
	}
	wg.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	replies := make([][]Message, len(outs))
	for i := range outs {
		if outs[i].err == nil && outs[i].reply != nil {
			replies[i], outs[i].err = p.read(outs[i].reply, j.u, j.event)
		}
		if errors.Is(outs[i].err, errReply) {
			p.count.add(&p.count.RefusedReplies)
		}
	}
	j.result.Replies = []string{}
	if j.resend {
		j.result.Replies = p.lines(replies[0])
	} else {
		p.show(j, outs[0], replies[0])
	}
	if j.copies > 1 || j.resend {
		j.result.Attempts = p.attemptResults(outs, replies)
	}
	p.note(j, outs[0])
}

// show enters the reply or the failure line into the chat; the caller holds the lock.
func (p *Platform) show(j *job, o outcome, reply []Message) {
	switch {
	case o.err != nil && j.u.Following:
		p.count.add(&p.count.Notices)
		j.result.Notice = p.words["notice"]
		p.post(j.u, Message{From: "system", Kind: "notice", Text: p.words["notice"]})
	case j.u.Following:
		for _, m := range reply {
			p.count.add(&p.count.Replies)
			p.post(j.u, m)
		}
	}
	var since []Message
	for _, m := range j.u.Messages {
		if m.ID > j.after && m.From == "bot" {
			since = append(since, m)
		}
	}
	j.result.Replies = p.lines(since)
}

// lines is what the control API says of messages: one text for each.
func (p *Platform) lines(messages []Message) []string {
	out := []string{}
	for _, m := range messages {
		switch m.Kind {
		case "news":
			out = append(out, joinLines(m.Title, m.Description, m.URL))
		case "image":
			out = append(out, p.words["image"])
		default:
			line := m.Text
			for _, c := range m.Choices {
				line = joinLines(line, c.Content)
			}
			out = append(out, joinLines(line, m.Tail))
		}
	}
	return out
}

func joinLines(parts ...string) string {
	out := ""
	for _, s := range parts {
		if s != "" && out != "" {
			out += "\n"
		}
		out += s
	}
	return out
}

func (p *Platform) attemptResults(outs []outcome, replies [][]Message) []attemptResult {
	res := make([]attemptResult, len(outs))
	for i, o := range outs {
		res[i] = attemptResult{Status: o.status, Reply: joinLines(p.lines(replies[i])...)}
		if o.err != nil {
			res[i].Error = o.err.Error()
		}
	}
	return res
}

// note keeps the exchange for the inspector; the caller holds the lock.
func (p *Platform) note(j *job, o outcome) {
	e := &Exchange{At: j.started.UTC(), Query: o.query, In: string(j.parcel.plain), Out: string(o.reply),
		Status: o.status, MS: o.took.Milliseconds(), Attempts: o.attempts}
	if o.reply == nil {
		e.Out = o.raw
	}
	if o.err != nil {
		e.Problem = o.err.Error()
		p.log.Warn("callback not answered properly", "status", o.status, "attempts", o.attempts, "error", o.err)
	}
	j.u.Exchange = e
	p.changed("user:" + j.u.ID)
}

// spend takes one service message off the doctor's allowance: the short window
// first, for it ends first. It answers 45015 without an open window and 45047
// with an empty one. The caller holds the lock.
func (p *Platform) spend(u *user) *apiError {
	now := p.now().UnixMilli()
	open := false
	for _, w := range []*window{&u.Quick, &u.Chat} {
		if now >= w.Until {
			continue
		}
		open = true
		if w.Left > 0 {
			w.Left--
			return nil
		}
	}
	if open {
		return &apiError{45047, "out of response count limit"}
	}
	return errOutOfWindow
}
