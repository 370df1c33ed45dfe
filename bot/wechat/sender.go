package wechat

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	corp "github.com/silenceper/wechat/v2/work/context"
	corpmessage "github.com/silenceper/wechat/v2/work/message"

	"github.com/vrep/vrep/bot"
)

// SenderOptions describe one official account and one WeCom application. Either may be left out by an empty AppID or
// CorpID: what would go there is refused with class config.
type SenderOptions struct {
	AppID, Secret string
	APIBase       string // where api.weixin.qq.com is reached, with an optional path; "" = there
	OpenBase      string // where doctors' browsers reach open.weixin.qq.com; "" = there
	MPBase        string // where mp.weixin.qq.com is reached; "" = there
	CorpID        string
	AgentID       string // a number
	CorpSecret    string
	WeComBase     string // where qyapi.weixin.qq.com is reached; "" = there
	RobotURL      string // webhook of a group robot, with its key; "" = none

	PushTemplate   Template // of one-time notices
	NoticeTemplate Template // of service notices
	Company        string   // what templates print about the house
	BotName        string
	Hotline        string
	Zone           *time.Location // of the times in templates; nil: UTC

	DailyLimits  string                           // calls a day, such as "custom=500000,template=100000"; "" = not counted
	DailyReserve int                              // percent of each that stays for conversations
	Counter      Counter                          // nil: calls are counted by this process alone
	Media        MediaMemory                      // nil: pictures are uploaded for every message
	Asset        func(name string) ([]byte, bool) // reads a picture of the flows; nil: there are none

	Cache   TokenCache       // nil: tokens are not shared among instances
	Timeout time.Duration    // of one request; 0 = 5 s. One Send makes at most five, mostly one
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: discarded
	Observe func(Exchanged)  // called once per request; nil: not observed
}

// defaultTimeout is the patience with one request.
const defaultTimeout = 5 * time.Second

// Sender sends effects through the platforms' APIs. It implements bot.Sender for all kinds and is safe for concurrent
// use. Close it when done.
type Sender struct {
	wechat, wecom *gateway
	pictures      *gateway // the platform's pictures; knows no token
	pages         *tokens  // jsapi tickets; nil when the account is not configured
	robot         *robot   // nil when there is none
	signIn        *url.URL // the platform's sign-in pages
	appID, secret string
	exchange      *exchange
	agent         int
	push, notice  filled // templates
	house         notice // what templates know beside the payload
	zone          *time.Location
	counts        *counts // of messages to members
	media         MediaMemory
	asset         func(name string) ([]byte, bool)
	tag           atomic.Int32 // id of VerifiedTag, 0 = not known
	now           func() time.Time
	codes         *codes
	transport     *http.Transport
	log           *slog.Logger
}

var _ bot.Sender = (*Sender)(nil)

// NewSender checks the options; ErrBase is returned for an unsafe address. It does not call the platforms.
func NewSender(o SenderOptions) (*Sender, error) {
	table, err := readCodes()
	if err != nil {
		return nil, err
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Observe == nil {
		o.Observe = func(Exchanged) {}
	}
	s := &Sender{codes: table, exchange: installed(), log: o.Log, now: o.Now, appID: o.AppID, secret: o.Secret, transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 64,
		IdleConnTimeout: 60 * time.Second, TLSHandshakeTimeout: o.Timeout,
	}}
	if err := s.settle(o); err != nil {
		return nil, err
	}
	if s.wechat, err = s.gateway(o, wechatHost, o.APIBase, table.WeChat, "unset_wechat"); err != nil {
		return nil, fmt.Errorf("reading WeChat API address: %w", err)
	}
	daily, err := readLimits(o.DailyLimits)
	if err != nil {
		return nil, err
	}
	s.wechat.limits = &limits{counts: s.counts, daily: daily, reserve: int64(o.DailyReserve), full: table.Faults["quota"], paused: map[string]int64{}}
	if s.wecom, err = s.gateway(o, wecomHost, o.WeComBase, table.WeCom, "unset_wecom"); err != nil {
		return nil, fmt.Errorf("reading WeCom API address: %w", err)
	}
	if s.pictures, err = s.gateway(o, mpHost, o.MPBase, table.WeChat, "unset_wechat"); err != nil {
		return nil, fmt.Errorf("reading address of pictures: %w", err)
	}
	if s.robot, err = s.readRobot(o); err != nil {
		return nil, err
	}
	if s.signIn, err = readBase(o.OpenBase, openHost); err != nil {
		return nil, fmt.Errorf("reading address of sign-in pages: %w", err)
	}
	if o.AppID != "" {
		s.wechat.tokens = &tokens{key: "token:wechat:" + o.AppID, cache: o.Cache, now: o.Now, draw: drawStable(s.wechat, o.AppID, o.Secret)}
		s.pages = &tokens{key: "ticket:wechat:" + o.AppID, cache: o.Cache, now: o.Now, draw: s.drawPageTicket}
	}
	if o.CorpID != "" {
		if s.agent, err = strconv.Atoi(o.AgentID); err != nil {
			return nil, errors.New("wechat: WeCom agent id must be a number")
		}
		key := "token:wecom:" + o.CorpID + ":" + o.AgentID
		s.wecom.tokens = &tokens{key: key, cache: o.Cache, now: o.Now, draw: drawCorp(s.wecom, o.CorpID, o.CorpSecret)}
	}
	return s, nil
}

// settle takes over what the calls print and remember. Errors match ErrFields.
func (s *Sender) settle(o SenderOptions) (err error) {
	if s.push, err = readTemplate(o.PushTemplate); err != nil {
		return fmt.Errorf("reading the template of one-time notices: %w", err)
	}
	if s.notice, err = readTemplate(o.NoticeTemplate); err != nil {
		return fmt.Errorf("reading the template of service notices: %w", err)
	}
	s.house = notice{company: o.Company, bot: o.BotName, hotline: o.Hotline}
	s.zone = cmp.Or(o.Zone, time.UTC)
	s.counts = &counts{shared: o.Counter, now: o.Now}
	s.media, s.asset = o.Media, o.Asset
	return nil
}

func (s *Sender) gateway(o SenderOptions, host, base string, rules map[int]rule, unset string) (*gateway, error) {
	u, err := readBase(base, host)
	if err != nil {
		return nil, err
	}
	return &gateway{host: host, base: u, round: s.transport, timeout: o.Timeout, rules: rules, faults: s.codes.Faults,
		now: o.Now, observe: o.Observe, unset: unset}, nil
}

// Close gives up idle connections.
func (s *Sender) Close() { s.transport.CloseIdleConnections() }

// Send implements bot.Sender: through the template or the one-time notice that e.Channel names, else as the kind says. Every error is a *bot.SendError.
func (s *Sender) Send(ctx context.Context, e bot.Effect) (bot.Receipt, error) {
	if e.Intent == bot.IntentPush || e.Intent == bot.IntentReminder {
		ctx = bulk(ctx)
	}
	switch e.Channel {
	case bot.ChannelSubscribe:
		return s.subscribe(ctx, e)
	case bot.ChannelTemplate:
		return s.template(ctx, e)
	}
	switch e.Kind {
	case bot.KindText:
		return dispatch(ctx, s, e, s.text)
	case bot.KindImage:
		return dispatch(ctx, s, e, s.image)
	case bot.KindNews:
		return dispatch(ctx, s, e, s.news)
	case bot.KindMenu:
		return dispatch(ctx, s, e, s.menu)
	case bot.KindMiniPage:
		return dispatch(ctx, s, e, s.miniPage)
	case bot.KindCard:
		return dispatch(ctx, s, e, s.card)
	case bot.KindCardUpdate:
		return dispatch(ctx, s, e, s.cardUpdate)
	case bot.KindRepText:
		return dispatch(ctx, s, e, s.repText)
	case bot.KindRobot:
		return dispatch(ctx, s, e, s.group)
	}
	return bot.Receipt{}, s.wechat.fault(bot.ClassContent, "payload")
}

// dispatch reads the payload of an effect and sends it.
func dispatch[P any](ctx context.Context, s *Sender, e bot.Effect, send func(context.Context, P) (bot.Receipt, error)) (bot.Receipt, error) {
	var p P
	if err := json.Unmarshal(e.Body, &p); err != nil {
		return bot.Receipt{}, s.wechat.fault(bot.ClassContent, "payload")
	}
	return send(ctx, p)
}

// application sends an application message through the SDK. An answer of 0 that names the receiver as invalid is a
// refusal: the platform accepted the call and delivered to nobody.
func (s *Sender) application(ctx context.Context, userID string, m any) (bot.Receipt, error) {
	if err := s.admitMember(ctx, userID); err != nil {
		return bot.Receipt{}, err
	}
	t, leave := s.exchange.enter(ctx, s.wecom)
	defer leave()
	answer, err := corpmessage.NewClient(&corp.Context{AccessTokenHandle: t}).Send("message/send", m)
	switch {
	case err != nil:
		return bot.Receipt{}, s.bare(s.wecom, err)
	case answer.InvalidUser != "":
		return bot.Receipt{}, s.wecom.fault(bot.ClassGone, "stranger")
	case answer.UnlicensedUser != "":
		return bot.Receipt{}, s.wecom.fault(bot.ClassConfig, "unlicensed")
	}
	return bot.Receipt{MessageID: answer.MsgID, ResponseCode: answer.ResponseCode}, nil
}

// bare takes our error out of what the SDK and net/http have wrapped around it.
func (s *Sender) bare(g *gateway, err error) error {
	if err == nil {
		return nil
	}
	if refusal := (*bot.SendError)(nil); errors.As(err, &refusal) {
		return refusal
	}
	return g.fault(bot.ClassUnknown, "garbled")
}
