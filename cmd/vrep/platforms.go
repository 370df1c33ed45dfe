package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/bot/wechat"
	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/console"
)

// newSender makes the one sender of the process; more adds what only a running service has.
func newSender(cfg *config.Config, log *slog.Logger, more func(*wechat.SenderOptions)) (*wechat.Sender, error) {
	w := cfg.WeChat
	o := wechat.SenderOptions{
		AppID: w.AppID, Secret: w.AppSecret.Reveal(), APIBase: w.APIBase, OpenBase: w.OpenBase, MPBase: w.MPBase,
		CorpID: cfg.WeCom.CorpID, AgentID: cfg.WeCom.AgentID, CorpSecret: cfg.WeCom.Secret.Reveal(), WeComBase: cfg.WeCom.APIBase,
		RobotURL:       cfg.WeCom.RobotURL.Reveal(),
		PushTemplate:   wechat.Template{ID: w.PushTemplate, Fields: w.PushFields},
		NoticeTemplate: wechat.Template{ID: w.NoticeTemplate, Fields: w.NoticeFields},
		Company:        cfg.Account.Company, BotName: cfg.Account.Bot, Hotline: cfg.Account.Hotline, Zone: cfg.Zone,
		DailyLimits: w.DailyLimits, DailyReserve: w.DailyReserve, Log: log,
	}
	more(&o)
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
		MassPerMonth: a.MassPerMonth, Mass: a.Mass, Reserve: a.Reserve, PushTemplate: cfg.WeChat.PushTemplate, NoticeTemplate: cfg.WeChat.NoticeTemplate,
	}
}

// capabilities are the settings of what the account may send beside plain text.
func capabilities(cfg *config.Config) bot.Capabilities {
	w := cfg.WeChat
	return bot.Capabilities{ChoiceLinks: w.ChoiceLinks, ChoiceMenus: w.ChoiceMenus, MiniApp: w.MiniAppID}
}

// abilities are the settings that say what the account may do, as the console shows them. Of secrets and templates it shows only whether they are set.
func abilities(cfg *config.Config) []console.Ability {
	w, a := cfg.WeChat, cfg.WeChat.Allowances
	return []console.Ability{
		{Setting: "wechat_choice_links", Value: onOrOff(w.ChoiceLinks)},
		{Setting: "wechat_choice_menus", Value: onOrOff(w.ChoiceMenus)},
		{Setting: "wechat_menu", Value: onOrOff(w.Menu)},
		{Setting: "wechat_mini_app_id", Value: onOrOff(w.MiniAppID != "")},
		{Setting: "wechat_push_template", Value: onOrOff(w.PushTemplate != "")},
		{Setting: "wechat_notice_template", Value: onOrOff(w.NoticeTemplate != "")},
		{Setting: "wechat_mass", Value: onOrOff(a.Mass)},
		{Setting: "wechat_mass_per_month", Value: strconv.Itoa(a.MassPerMonth)},
		{Setting: "wechat_chat_messages", Value: strconv.Itoa(a.ChatMessages)},
		{Setting: "wechat_chat_window", Value: short(a.ChatWindow)},
		{Setting: "wechat_quick_messages", Value: strconv.Itoa(a.QuickMessages)},
		{Setting: "wechat_quick_window", Value: short(a.QuickWindow)},
		{Setting: "wechat_reserve", Value: strconv.Itoa(a.Reserve)},
		{Setting: "wecom_corp_id", Value: onOrOff(cfg.WeCom.Ready())},
		{Setting: "wecom_robot_url", Value: onOrOff(cfg.WeCom.RobotURL != "")},
	}
}

// short writes a duration as people write it in a setting: 48h, not 48h0m0s.
func short(d time.Duration) string {
	return zeros.ReplaceAllString(d.String(), "$1")
}

var zeros = regexp.MustCompile(`([hm])(0m)?0s$`)

func onOrOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
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
	can := capabilities(cfg)
	list.say(true, fmt.Sprintf("beside plain text: choice links %s, choice menus %s, mini-program %s",
		onOrOff(can.ChoiceLinks), onOrOff(can.ChoiceMenus), cmp.Or(can.MiniApp, "none")), "")
	switch {
	case cfg.WeCom.Ready():
	case cfg.WeCom.RobotURL != "":
		list.say(true, "WeCom", "no application: leads reach the reps through the group robot only, and without buttons")
	default:
		list.say(false, "WeCom", "not configured: leads cannot reach the reps; set the wecom_… settings, or at least wecom_robot_url")
	}
	sender, err := newSender(cfg, log, func(*wechat.SenderOptions) {})
	if err != nil {
		list.say(false, "platform settings", err.Error())
		return nil
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
