package sim

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// run posts a job, reads what came back and enters it into the chat. Of
// several deliveries the first one's reply is shown.
func (p *Platform) run(j *job) {
	c := p.wechatPeer()
	p.harass(j)
	began := time.Now()
	outs := p.deliverAll(c, j)
	j.took = time.Since(began)
	p.mu.Lock()
	defer p.mu.Unlock()
	replies := make([][]Message, len(outs))
	for i := range outs {
		if outs[i].err == nil && outs[i].reply != nil && !j.quiet {
			replies[i], outs[i].err = p.read(outs[i].reply, j.u, j.event)
		}
		if errors.Is(outs[i].err, errReply) {
			p.count.add(&p.count.RefusedReplies)
		}
	}
	j.result.Replies = []string{}
	switch {
	case j.quiet && outs[0].reply != nil:
		p.count.add(&p.count.IgnoredReplies)
	case j.quiet:
	case j.resend:
		j.result.Replies = p.lines(replies[0])
	default:
		p.show(j, outs[0], replies[0])
	}
	if len(outs) > 1 || j.resend {
		j.result.Attempts = p.attemptResults(outs, replies)
	}
	p.note(j, outs[0])
}

// deliverAll makes the deliveries of a job: copies at once, an overlapping one
// a little later, a duplicate after the answer.
func (p *Platform) deliverAll(c peer, j *job) []outcome {
	outs := make([]outcome, j.copies)
	var lag time.Duration
	if i := slices.IndexFunc(j.twists, func(t twist) bool { return t.Kind == twistOverlap }); i >= 0 {
		outs = append(outs, outcome{})
		lag = j.twists[i].delay
		p.count.add(&p.count.Duplicates)
	}
	var wg sync.WaitGroup
	for i := range outs {
		wg.Go(func() {
			if i >= j.copies {
				p.wait(lag)
			}
			outs[i] = p.deliver(c, j.parcel, j.twists)
		})
	}
	wg.Wait()
	if has(j.twists, twistDuplicate) {
		p.count.add(&p.count.Duplicates)
		outs = append(outs, p.deliver(c, j.parcel, nil))
	}
	return outs
}

func (p *Platform) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-p.ctx.Done():
	}
}

// harass posts the planned hostile requests ahead of a job.
func (p *Platform) harass(j *job) {
	for _, t := range j.twists {
		if !slices.Contains(forgeKinds, t.Kind) {
			continue
		}
		if _, err := p.forge(p.ctx, j.u.ID, t.Kind, ""); err != nil && !errors.Is(err, ErrUnknown) && !errors.Is(err, ErrConflict) {
			p.log.Warn("forging failed", "kind", t.Kind, "error", err)
		}
	}
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
	for i := len(j.u.Messages) - 1; i >= 0 && j.u.Messages[i].ID > j.after; i-- {
		if m := j.u.Messages[i]; m.From == "bot" {
			since = append(since, m)
		}
	}
	slices.Reverse(since)
	j.result.Replies = p.lines(since)
}

// lines is what the control API says of messages: one text for each.
func (p *Platform) lines(messages []Message) []string {
	out := []string{}
	for _, m := range messages {
		line := m.Text
		switch m.Kind {
		case "news":
			line = joinLines(m.Title, m.Description, m.URL)
		case "image", "voice", "video", "music", "miniprogram":
			line = joinLines(p.words[m.Kind], m.Title, m.Description)
		case "template", "subscribe":
			line = m.Title
			for _, r := range m.Rows {
				line = joinLines(line, r.Value)
			}
		default:
			for _, c := range m.Choices {
				line = joinLines(line, c.Content)
			}
			line = joinLines(line, m.Tail)
		}
		out = append(out, line)
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
		return &apiError{code: 45047, text: "out of response count limit"}
	}
	return errOutOfWindow
}
