package session

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// lineTTL ends the line of a conversation in which nobody stands any more, even if whoever stood there died.
const lineTTL = 5 * time.Second

// A turn that finds the lease taken joins the conversation's line under its place: a text that compares less than the places of later messages. Begin
// gives the first one that still waits, so that a later message that was luckier gives way. The line is a hint like everything here: who does not see
// it only takes his turn out of order.

// Join stands in the line until the time given, at most a few seconds from now. Standing there twice is standing there once. Errors match ErrDown.
func (s *Sessions) Join(ctx context.Context, conversation, place string, until time.Time) error {
	err := s.call(ctx, func(ctx context.Context) error {
		pipe := s.client.Pipeline()
		pipe.HSet(ctx, s.lineKey(conversation), place, until.UnixMilli())
		pipe.PExpire(ctx, s.lineKey(conversation), lineTTL)
		_, err := pipe.Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("joining the line: %w", err)
	}
	return nil
}

// Leave goes out of the line, best effort.
func (s *Sessions) Leave(ctx context.Context, conversation, place string) {
	_ = s.call(context.WithoutCancel(ctx), func(ctx context.Context) error { return s.client.HDel(ctx, s.lineKey(conversation), place).Err() })
}

// first is the least place in a line that still waits at a time, "" = none.
func first(line map[string]string, now time.Time) string {
	least := ""
	for place, text := range line {
		until, err := strconv.ParseInt(text, 10, 64)
		if err != nil || until < now.UnixMilli() {
			continue
		}
		if least == "" || strings.Compare(place, least) < 0 {
			least = place
		}
	}
	return least
}

func (s *Sessions) lineKey(conversation string) string {
	return "vr:{" + s.account + ":" + conversation + "}:line"
}
