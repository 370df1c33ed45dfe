package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/bot/wechat"
	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/store/session"
)

// newSender makes the one sender of the process. Tokens are shared through Redis when sessions are given.
func newSender(cfg *config.Config, sessions *session.Sessions, log *slog.Logger, observe func(wechat.Exchanged)) (*wechat.Sender, error) {
	o := wechat.SenderOptions{
		AppID: cfg.WeChat.AppID, Secret: cfg.WeChat.AppSecret.Reveal(), APIBase: cfg.WeChat.APIBase,
		CorpID: cfg.WeCom.CorpID, AgentID: cfg.WeCom.AgentID, CorpSecret: cfg.WeCom.Secret.Reveal(), WeComBase: cfg.WeCom.APIBase,
		Log: log, Observe: observe,
	}
	if sessions != nil {
		o.Cache = sessions
	}
	sender, err := wechat.NewSender(o)
	if err != nil {
		return nil, fmt.Errorf("wiring the platforms' APIs: %w", err)
	}
	return sender, nil
}

// channelRules are the settings of what may be sent to a doctor, and when.
func channelRules(cfg *config.Config) bot.Rules {
	a := cfg.WeChat.Allowances
	return bot.Rules{
		ChatMessages: a.ChatMessages, ChatWindow: a.ChatWindow, QuickMessages: a.QuickMessages, QuickWindow: a.QuickWindow,
		MassPerMonth: a.MassPerMonth, Mass: a.Mass, Reserve: a.Reserve,
	}
}

// edgeMetrics counts what happens at the edge: callbacks by outcome, API calls by host and result. Nothing personal.
type edgeMetrics struct {
	callbacks *prometheus.CounterVec
	calls     *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
}

func newEdgeMetrics(r prometheus.Registerer) *edgeMetrics {
	m := &edgeMetrics{
		callbacks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vrep_callbacks_total", Help: "Callbacks of the platforms by outcome.",
		}, []string{"platform", "outcome"}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vrep_platform_calls_total", Help: "Calls to the platforms' APIs by path and errcode.",
		}, []string{"path", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "vrep_platform_call_seconds", Help: "Duration of calls to the platforms' APIs.", Buckets: prometheus.ExponentialBuckets(0.01, 2, 10),
		}, []string{"path"}),
	}
	r.MustRegister(m.callbacks, m.calls, m.seconds)
	return m
}

func (m *edgeMetrics) count(platform string) func(wechat.Outcome) {
	return func(o wechat.Outcome) { m.callbacks.WithLabelValues(platform, string(o)).Inc() }
}

// checkPlatforms asks WeChat and WeCom for a token and one call each.
func checkPlatforms(ctx context.Context, list *checkList, cfg *config.Config, log *slog.Logger) error {
	if !cfg.WeChat.Ready() {
		list.say(false, "WeChat", "not configured: set wechat_app_id, wechat_app_secret, wechat_token and wechat_aes_key")
	}
	if !cfg.WeCom.Ready() {
		list.say(false, "WeCom", "not configured: leads cannot reach the reps; set the wecom_… settings")
	}
	sender, err := newSender(cfg, nil, log, nil)
	if err != nil {
		return err
	}
	defer sender.Close()
	for _, f := range sender.Check(ctx) {
		what := f.What
		if !f.OK {
			what = fmt.Sprintf("%s (%d %s)", f.What, f.Code, f.Reason)
		}
		list.say(f.OK, what, f.Advice)
	}
	return nil
}

func (m *edgeMetrics) observe(e wechat.Exchanged) {
	m.calls.WithLabelValues(e.API, strconv.Itoa(e.Code)).Inc()
	m.seconds.WithLabelValues(e.API).Observe(e.Took.Seconds())
}
