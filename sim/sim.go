// Package sim is a pretend WeChat official-account platform and a pretend
// WeCom platform in one http.Handler, with phone pages for doctors and reps.
//
// It exists so that the product can be tried and tested through the real wire
// protocol: callbacks are signed, encrypted, timed and repeated as the
// platform does it, and the platform's API is answered as strictly as the
// platform answers it. It is an independent second implementation: it imports
// the standard library only and nothing of the product, so that an error of
// the product cannot cancel itself out.
//
// It refuses to be a service: no authentication, one account, one corp, all
// state in memory with an optional snapshot file. Mount it on loopback only.
//
// # Invariants
//
//   - Callbacks of one doctor are delivered one at a time, in the order in
//     which the doctor acted, unless planned trouble (reorder, parallel) says
//     otherwise.
//   - A delivery is tried three times with the same body text (MsgId and
//     CreateTime), each time with a new nonce and cipher; an attempt is given
//     up after five seconds and an answer that comes later is dropped and counted.
//   - A reply that the platform would not accept never reaches the transcript;
//     the grey notice does.
//   - Windows, quotas, token ages, codes, media and reports follow the
//     platform's own clock ([Platform.Now]), which only moves forward, but for
//     [Platform.Restore]. Days and months are Beijing's.
//   - The platform's API is strict: unknown fields, the wrong verb, a missing,
//     wrong or expired token and calls beyond the day's limit are refused with
//     the platform's codes, and every refusal ends in " rid: …".
//
// # Addresses
//
//	/sim/                   the doctor's phone (?user=ID, ?scene=X)
//	/sim/rep                the rep's phone (?rep=USERID)
//	/_sim/api/wechat/…      what api.weixin.qq.com answers
//	/_sim/api/mp/…          what mp.weixin.qq.com answers: showqrcode
//	/_sim/api/open/…        what open.weixin.qq.com answers: connect/oauth2/authorize
//	/_sim/api/wecom/…       what qyapi.weixin.qq.com answers
//	/_sim/…                 the control API
//
// # Control API
//
// GET /_sim/ lists every call with what it takes and does; the list is made of
// the routes themselves. Bodies and answers are JSON, errors are
// {"error": "…"} with a fitting status. {id} is a short name such as demo1;
// users come into being on first use. A user who was never seen before and
// acts without following counts as one who followed before the account was
// connected; one who unfollowed gets 409 until the next follow.
//
// Every acting call (POST /_sim/users/{id}/…) waits for the callback's reply
// and answers {"replies":["…"]} with the passive reply and the service messages
// that arrived meanwhile, plus "notice" when the platform showed its failure
// line. With "deliveries": n (at most 8) the message is posted n times at once
// with the same MsgId; "attempts" then lists what each delivery was answered.
//
// # What is assumed
//
// The platform's pages leave some things open. Here: texts are not escaped
// inside CDATA; a click on a menu line or a bizmsgmenu link opens the short
// window only; VIEW, LOCATION, popups and the menu buttons that lead to a
// message of their own open none; a passive text may have 2,048 bytes; JSON
// replies are taken from accounts whose data format is JSON; reports come two
// seconds (templates) or a minute (mass sends) later.
package sim

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

//go:embed words.json
var wordsFile []byte

//go:embed web
var webFiles embed.FS

// Errors of the package; the control API maps them to 404, 409, 400 and 503.
var (
	// ErrUnknown is returned for a rep, message or key that does not exist.
	ErrUnknown = errors.New("unknown")
	// ErrConflict is returned for an act that the present state does not allow.
	ErrConflict = errors.New("not possible now")
	// ErrRefused is returned for input that no phone could produce.
	ErrRefused = errors.New("refused")
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("simulator is closed")
)

// Rep is a WeCom member who carries the rep's phone.
type Rep struct {
	UserID string `json:"userid"`
	Name   string `json:"name"`
}

// Options describe the one official account and the one corp. Only AppID,
// AppSecret, Token and AESKey are required; without CorpID the WeCom side
// answers 40013.
type Options struct {
	AppID, AppSecret, Token string
	AESKey                  string // EncodingAESKey: 43 base64 characters
	OriginalID              string // gh_…, the ToUserName of callbacks
	CallbackURL             string // where official-account callbacks are posted; SetCallbacks may come later

	CorpID, AgentID, CorpSecret, CorpToken string
	CorpAESKey                             string // 43 base64 characters
	CorpCallbackURL                        string

	Account   *Account   // settings of the back office; nil: a certified service account in safe mode, XML
	Templates []Template // the template library at the start
	RobotKey  string     // of the WeCom group robot's webhook; empty: derived from CorpID

	Reps       []Rep
	BotName    string // title of the chat
	InviteCode string // shown beside the phone as a hint
	ConsoleURL string // shown beside the phone as a link
	// PhoneCookies are the cookies by which the account's pages know a doctor.
	// All phones share one browser here, so they end when a page is opened.
	PhoneCookies []string

	File         string           // snapshot file, replaced atomically; empty: memory only
	Now          func() time.Time // base clock; nil: time.Now
	ReplyTimeout time.Duration    // patience with one delivery; zero: 5 s, as the platform's
	RetryPause   time.Duration    // pause before the next delivery after a quick failure; zero: 1 s
	// PeerFollowsClock says that the callback's side runs on Platform.Now, so
	// the timestamps of signatures are taken from there too. Otherwise they
	// stay on the base clock however far the platform's clock was moved.
	PeerFollowsClock bool
	Seed             uint64       // of the dice for percentages of trouble
	Log              *slog.Logger // nil: discarded
}

// Platform is the running simulator. It is safe for concurrent use.
type Platform struct {
	opts   Options
	oa     envelope
	corp   envelope
	words  map[string]string
	client *http.Client
	log    *slog.Logger
	hub    hub
	count  counters
	media  mediaShelf

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	dirty  chan struct{}
	due    chan struct{}

	oaCalls, corpCalls map[string]apiCall

	mu                     sync.Mutex
	closed                 bool
	callback, corpCallback string
	state                  state
	byOpen                 map[string]*user // users by openid; derived from state
	herald                 *user            // speaks the reports that are about nobody
	faults                 []*fault
	twists                 []*twist
	rand                   *rand.Rand
	shots                  map[string][]byte // named snapshots
}

// New checks the options, reads the snapshot file if it exists and starts the
// background writer. Close must be called.
func New(o Options) (*Platform, error) {
	if o.AppID == "" || o.AppSecret == "" || o.Token == "" {
		return nil, fmt.Errorf("%w: AppID, AppSecret and Token are required", ErrRefused)
	}
	oa, err := newEnvelope(o.Token, o.AESKey, o.AppID)
	if err != nil {
		return nil, fmt.Errorf("reading AESKey: %w", err)
	}
	var corp envelope
	if o.CorpID != "" {
		if corp, err = newEnvelope(o.CorpToken, o.CorpAESKey, o.CorpID); err != nil {
			return nil, fmt.Errorf("reading CorpAESKey: %w", err)
		}
	}
	o = withDefaults(o)
	p := &Platform{
		opts: o, oa: oa, corp: corp, log: o.Log,
		client:   &http.Client{Transport: newTransport(), CheckRedirect: noRedirect},
		callback: o.CallbackURL, corpCallback: o.CorpCallbackURL,
		dirty: make(chan struct{}, 1), due: make(chan struct{}, 1),
		oaCalls: wechatCalls(), corpCalls: wecomCalls(),
		state: newState(), byOpen: map[string]*user{}, shots: map[string][]byte{},
		herald: &user{OpenID: "o" + digest(o.AppID, "herald")[:27]},
		rand:   rand.New(rand.NewPCG(o.Seed, 0)),
	}
	if err := json.Unmarshal(wordsFile, &p.words); err != nil {
		return nil, fmt.Errorf("reading words: %w", err)
	}
	if err := p.prepare(); err != nil {
		return nil, err
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.wg.Go(p.keepSaved)
	p.wg.Go(p.keepReporting)
	return p, nil
}

// prepare enters account and templates and reads the snapshot file over them.
func (p *Platform) prepare() error {
	if p.opts.Account != nil {
		if err := p.SetAccount(*p.opts.Account); err != nil {
			return err
		}
	}
	if err := p.load(); err != nil {
		return err
	}
	for _, t := range p.opts.Templates {
		if err := p.AddTemplate(t); err != nil {
			return fmt.Errorf("template %s: %w", t.ID, err)
		}
	}
	return nil
}

func withDefaults(o Options) Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.OriginalID == "" {
		o.OriginalID = "gh_" + digest("original", o.AppID)[:12]
	}
	if o.RobotKey == "" {
		o.RobotKey = digest("robot", o.CorpID)[:36]
	}
	if o.ReplyTimeout == 0 {
		o.ReplyTimeout = 5 * time.Second
	}
	if o.RetryPause == 0 {
		o.RetryPause = time.Second
	}
	return o
}

func newTransport() *http.Transport {
	// Thousands of doctors may speak at once: no connection is closed between two of their messages.
	return &http.Transport{MaxIdleConnsPerHost: 4096, IdleConnTimeout: 30 * time.Second}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// SetCallbacks sets where callbacks are posted, once the port is known. An
// empty address leaves that side unconnected: its deliveries fail.
func (p *Platform) SetCallbacks(wechat, wecom string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.callback, p.corpCallback = wechat, wecom
}

// Now is the platform's own clock: the base clock plus all advances.
func (p *Platform) Now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now()
}

// now is Now for callers that hold the lock.
func (p *Platform) now() time.Time {
	return p.opts.Now().Add(time.Duration(p.state.OffsetMS) * time.Millisecond)
}

// stamp is the clock of signature timestamps, see Options.PeerFollowsClock.
func (p *Platform) stamp() time.Time {
	if p.opts.PeerFollowsClock {
		return p.Now()
	}
	return p.opts.Now()
}

// Close refuses further acts, ends event streams, waits for deliveries in
// flight and writes the snapshot. Call it before shutting the server down that
// serves Handler: event streams would hold that up.
func (p *Platform) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	p.mu.Unlock()
	p.cancel()
	p.wg.Wait()
	p.client.CloseIdleConnections()
	return p.save()
}

// begin registers background work unless the platform is closed; the caller holds the lock.
func (p *Platform) begin() error {
	if p.closed {
		return ErrClosed
	}
	p.wg.Add(1)
	return nil
}
