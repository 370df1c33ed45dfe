package wechat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vrep/vrep/bot"
)

// apis are the calls of the official account that have a daily allowance, by the name that the setting wechat_daily_limits uses. Source: the platform's
// page on the limits of calls (API_Call_Limits).
var apis = map[string]string{
	"custom":    "/cgi-bin/message/custom/send",
	"template":  "/cgi-bin/message/template/send",
	"subscribe": "/cgi-bin/message/subscribe/bizsend",
	"mass":      "/cgi-bin/message/mass/send",
	"qrcode":    "/cgi-bin/qrcode/create",
	"upload":    "/cgi-bin/media/upload",
	"menu":      "/cgi-bin/menu/create",
	"followers": "/cgi-bin/user/get",
	"tag":       "/cgi-bin/tags/members/batchtagging",
	"token":     "/cgi-bin/stable_token",
}

// dayKept is how long a day's number is kept: past the end of the day in any case.
const dayKept = 48 * time.Hour

// bulkKey marks a context whose calls speak to many and not in a conversation.
type bulkKey struct{}

// bulk marks the calls of what nobody waits for: when only the reserve of a day's allowance is left, they stop.
func bulk(ctx context.Context) context.Context { return context.WithValue(ctx, bulkKey{}, true) }

// limits counts the calls of one account against the platform's daily allowances. Conversations are never held back by it: the platform knows better
// whether it still answers.
type limits struct {
	counts  *counts
	daily   map[string]int64 // path → calls a day
	reserve int64            // percent of each that stays for conversations
	full    string           // what a held call is told

	mu     sync.Mutex
	paused map[string]int64 // path → until when calls of bulk are held, unix ms
}

// readLimits reads "custom=500000,template=100000".
func readLimits(text string) (map[string]int64, error) {
	daily := map[string]int64{}
	for part := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, number, _ := strings.Cut(part, "=")
		path, known := apis[strings.TrimSpace(name)]
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if !known || err != nil || n <= 0 {
			return nil, fmt.Errorf("wechat: daily limit %q is not a known call and a number", strings.TrimSpace(part))
		}
		daily[path] = n
	}
	return daily, nil
}

// admit counts a call and refuses it when it belongs to bulk and the rest of the day belongs to conversations. The nil limits admit everything.
func (l *limits) admit(ctx context.Context, path string, now time.Time) error {
	if l == nil {
		return nil
	}
	many, _ := ctx.Value(bulkKey{}).(bool)
	if wait := l.held(path, now); many && wait > 0 {
		return l.refuse(wait)
	}
	limit := l.daily[path]
	if limit == 0 {
		return nil
	}
	n := l.counts.add(ctx, "calls:"+now.In(beijing).Format("20060102")+":"+path, dayKept)
	if many && n > limit-limit*l.reserve/100 {
		wait := pause("midnight", now)
		l.pause(path, wait, now)
		return l.refuse(wait)
	}
	return nil
}

func (l *limits) refuse(wait time.Duration) error {
	return &bot.SendError{Class: bot.ClassRetry, Reason: l.full, After: wait}
}

// pause holds the bulk calls of a path for a while, because the platform asked for it or the allowance is nearly spent.
func (l *limits) pause(path string, wait time.Duration, now time.Time) {
	if l == nil || wait <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.paused[path] = max(l.paused[path], now.Add(wait).UnixMilli())
}

func (l *limits) held(path string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Duration(l.paused[path]-now.UnixMilli()) * time.Millisecond
}

// memberLimits are what WeCom takes for one member; beyond them it drops messages without a word. Source: WeCom's page on limits of frequency.
var memberLimits = []limit{{time.Minute, 30}, {time.Hour, 1000}}

// limit is how many messages one receiver may get in a span.
type limit struct {
	per time.Duration
	n   int64
}

// admitMember counts a message to a member and refuses it when the platform would drop it.
func (s *Sender) admitMember(ctx context.Context, userID string) error {
	sum := sha256.Sum256([]byte(userID))
	return s.admitTo(ctx, "member:"+hex.EncodeToString(sum[:8]), memberLimits, "member")
}

// admitTo counts a message to a receiver and refuses it with a fault when it is one too many. Two neighbouring spans together stay within the limit, so
// every stretch of that length does.
func (s *Sender) admitTo(ctx context.Context, receiver string, most []limit, fault string) error {
	now := s.now()
	for _, l := range most {
		span := now.UnixNano() / int64(l.per)
		next := time.Duration((span+1)*int64(l.per) - now.UnixNano())
		this := receiver + ":" + l.per.String() + ":"
		before := s.counts.read(ctx, this+strconv.FormatInt(span-1, 10))
		current := this + strconv.FormatInt(span, 10)
		if before+s.counts.read(ctx, current) >= l.n || before+s.counts.add(ctx, current, 2*l.per) > l.n {
			return &bot.SendError{Class: bot.ClassRetry, Reason: s.codes.Faults[fault], After: next}
		}
	}
	return nil
}
