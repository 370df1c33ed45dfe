package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vrep/vrep/sim"
)

// trial is one run against one target.
type trial struct {
	mode, format, url string
	o                 Options
	lines             []*sim.Line // XML, JSON
	line, other       *sim.Line   // the account's data format and the other one
	client            *http.Client
	run               int64
	doctors, messages atomic.Int64
}

func (t *trial) close() {
	for _, l := range t.lines {
		l.Close()
	}
	t.client.CloseIdleConnections()
}

// doctor is somebody who never spoke to the server, also not in an earlier run.
func (t *trial) doctor() string {
	return fmt.Sprintf("oConf%s%s", digits36(t.run, 13), digits36(t.doctors.Add(1), 10))
}

func digits36(n int64, width int) string {
	s := strconv.FormatInt(n, 36)
	return strings.Repeat("0", max(width-len(s), 0)) + s
}

// msgID is a new decimal message id of 19 digits at most.
func (t *trial) msgID() sim.Field {
	return number("MsgId", strconv.FormatInt(t.run+t.messages.Add(1), 10))
}

func text(name, value string) sim.Field   { return sim.Field{Name: name, Value: value} }
func number(name, value string) sim.Field { return sim.Field{Name: name, Value: value, Bare: true} }

// letter is the plain text of one message of one doctor; however often it is posted, it stays the same.
type letter struct {
	line   *sim.Line
	doctor string
	plain  []byte
	event  bool
}

// message is a letter with a message id; fields come before it.
func (t *trial) message(line *sim.Line, doctor, kind string, fields ...sim.Field) letter {
	return letter{line: line, doctor: doctor, plain: line.Letter(doctor, time.Now(), kind, append(fields, t.msgID())...)}
}

// says is a text message in the account's data format.
func (t *trial) says(doctor, words string) letter {
	return t.message(t.line, doctor, "text", text("Content", words))
}

// event is a letter without a message id.
func (t *trial) event(doctor string, at time.Time, name string, fields ...sim.Field) letter {
	return letter{line: t.line, doctor: doctor, event: true, plain: t.line.Letter(doctor, at, "event", append([]sim.Field{text("Event", name)}, fields...)...)}
}

// post delivers a letter once, with a new nonce and cipher.
func (t *trial) post(ctx context.Context, l letter) sim.Answer {
	return t.sent(ctx, l, (*sim.Line).Post)
}

// sent delivers a letter in some way.
func (t *trial) sent(ctx context.Context, l letter, way func(*sim.Line, context.Context, sim.Callback) sim.Answer) sim.Answer {
	ctx, cancel := context.WithTimeout(ctx, t.o.Patience)
	defer cancel()
	return way(l.line, ctx, l.line.Callback(l.plain, l.doctor, time.Now()))
}

// handled says what the doctor sees of an answer, "" for nothing, or why the platform would not be content.
func (t *trial) handled(l letter, a sim.Answer) (string, error) {
	switch {
	case errors.Is(a.Err, context.DeadlineExceeded):
		return "", fmt.Errorf("no answer within %s", t.o.Patience)
	case a.Err != nil:
		return "", fmt.Errorf("no answer: %w", a.Err)
	case a.Status != http.StatusOK:
		return "", fmt.Errorf("answered with status %d", a.Status)
	}
	shown, err := l.line.Read(a.Body, l.doctor, l.event)
	if err != nil {
		return "", fmt.Errorf("answered with what the platform refuses: %w", err)
	}
	var said []string
	for _, m := range shown {
		said = append(said, strings.Join([]string{m.Kind, m.Text, m.Title, m.URL}, " "))
	}
	return strings.Join(said, "\n"), nil
}

// handle posts a letter and wants it handled.
func (t *trial) handle(ctx context.Context, l letter) (string, error) {
	return t.handled(l, t.post(ctx, l))
}

// replied posts a letter and wants a reply if a harmless one of another doctor gets one.
func (t *trial) replied(ctx context.Context, twin, strange letter) error {
	usual, err := t.handle(ctx, twin)
	if err != nil {
		return fmt.Errorf("its harmless twin was %w", err)
	}
	said, err := t.handle(ctx, strange)
	switch {
	case err != nil:
		return err
	case usual != "" && said == "":
		return errors.New("no reply, though its harmless twin gets one: the message was lost")
	}
	return nil
}

// refused wants an answer that believes nothing.
func (t *trial) refused(a sim.Answer) error {
	switch {
	case errors.Is(a.Err, context.DeadlineExceeded):
		return fmt.Errorf("neither refused nor answered within %s", t.o.Patience)
	case a.Err == nil && a.Status >= 200 && a.Status <= 299 && a.Body != "":
		return fmt.Errorf("believed: answered with status %d and %d bytes", a.Status, len(a.Body))
	}
	return nil
}

// effects wants so many messages of a doctor to have had an effect; without a Probe nothing is said.
func (t *trial) effects(ctx context.Context, doctor string, want int) error {
	if t.o.Probe == nil {
		return nil
	}
	got, err := t.o.Probe(ctx, doctor)
	if err != nil {
		return fmt.Errorf("asking the probe: %w", err)
	}
	if got != want {
		return fmt.Errorf("%d messages took effect instead of %d", got, want)
	}
	return nil
}

// probed skips a case that is about effects only.
func (t *trial) probed() error {
	if t.o.Probe == nil {
		return fmt.Errorf("%w: needs a probe", errSkip)
	}
	return nil
}

// overHTTP skips a case that works on the bare connection.
func (t *trial) overHTTP() error {
	if !strings.HasPrefix(t.url, "http://") {
		return fmt.Errorf("%w: only http addresses are reached this way", errSkip)
	}
	return nil
}
