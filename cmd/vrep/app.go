package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/vrep/vrep/bot"
	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/bot/meeting"
	"github.com/vrep/vrep/bot/outreach"
	"github.com/vrep/vrep/bot/release"
	"github.com/vrep/vrep/bot/safety"
	"github.com/vrep/vrep/bot/wechat"
	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/library"
	"github.com/vrep/vrep/flows/lint"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/session"
)

// app is the wired service. Its parts are started by run and stopped in reverse order by close.
type app struct {
	cfg      *config.Config
	log      *slog.Logger
	now      func() time.Time // the simulator's clock in the demo
	registry *prometheus.Registry

	store    *store.Store
	sessions *session.Sessions
	own      *flows.Library  // the folder of this process; what is in force may be another
	flows    *release.Keeper // what is in force
	bot      *bot.Bot
	desk     *handoff.Desk
	safety   *safety.Desk
	meetings *meeting.Room
	outreach *outreach.Outreach
	insight  *insight.Insight
	console  *console.Console
	links    *console.Links // nil without a public address
	sender   *wechat.Sender
	edge     *edgeMetrics
	callback http.Handler // WeChat; answers 503 when the account is not configured
	wecom    http.Handler
	presses  *wechat.WeComHook // nil when WeCom is not configured
	ready    readiness
}

// instance names this process in journal rows and claims.
func instance() string {
	host, err := os.Hostname()
	if err != nil {
		host = "vrep"
	}
	return fmt.Sprintf("%.40s-%d", host, os.Getpid())
}

// flowsFS is the configured folder, or the flows shipped in the binary.
func flowsFS(cfg *config.Config) fs.FS {
	if cfg.FlowsDir != "" {
		return os.DirFS(cfg.FlowsDir)
	}
	return library.FS
}

// auditChain names the audit chain of this host: restarts and commands on the same host go on with it.
func auditChain() string {
	host, err := os.Hostname()
	if err != nil {
		return "vrep"
	}
	return fmt.Sprintf("%.60s", host)
}

// connect opens the configured database as it is.
func connect(ctx context.Context, cfg *config.Config, of *personal, log *slog.Logger, now func() time.Time) (*store.Store, error) {
	secret, err := secretKey(cfg)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{
		MySQLDSN: cfg.MySQLDSN.Reveal(), DataDir: cfg.DataDir, Account: cfg.AccountID(), Instance: instance(), Now: now, Log: log,
		Secret: secret, Chain: auditChain(), Protected: of.fields, Reverify: time.Duration(cfg.ReverifyDays) * 24 * time.Hour,
	})
}

// openStore connects; on the embedded database it migrates as well, on MySQL it refuses to go on while migrations are pending.
func openStore(ctx context.Context, cfg *config.Config, of *personal, log *slog.Logger, now func() time.Time) (*store.Store, error) {
	st, err := connect(ctx, cfg, of, log, now)
	if err != nil {
		return nil, err
	}
	if st.Embedded() {
		if _, err := st.Migrate(ctx); err != nil {
			return nil, errors.Join(err, st.Close())
		}
		return st, nil
	}
	pending, err := st.Pending(ctx)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	if len(pending) > 0 {
		return nil, errors.Join(fmt.Errorf("the database lacks %d migration(s): run vrep migrate up first", len(pending)), st.Close())
	}
	return st, nil
}

func openSessions(ctx context.Context, cfg *config.Config, log *slog.Logger) (*session.Sessions, error) {
	return session.Open(ctx, session.Options{
		Addr: cfg.RedisAddr, Password: cfg.RedisPassword.Reveal(), Embedded: cfg.RedisAddr == "", Account: cfg.AccountID(), Log: log,
	})
}

// newApp wires everything. The caller closes the app.
func newApp(ctx context.Context, cfg *config.Config, log *slog.Logger, now func() time.Time) (_ *app, err error) {
	a := &app{cfg: cfg, log: log, now: now, registry: prometheus.NewRegistry()}
	a.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	key, err := secretKey(cfg)
	if err != nil {
		return nil, err
	}
	if a.own, err = loadFlows(cfg, now(), log); err != nil {
		return nil, err
	}
	if a.store, err = openStore(ctx, cfg, &personal{of: a.library}, log, now); err != nil {
		return nil, err
	}
	if err = a.startFlows(ctx); err != nil {
		return nil, err
	}
	if a.sessions, err = openSessions(ctx, cfg, log); err != nil {
		return nil, err
	}
	if err = a.makeLinks(key); err != nil {
		return nil, err
	}
	if err = a.wireBot(); err != nil {
		return nil, err
	}
	if err = a.wirePeople(key); err != nil {
		return nil, err
	}
	return a, a.wireCallbacks()
}

// library is the flows in force; until they are known, those that the process brings along.
func (a *app) library() *flows.Library {
	if a.flows == nil {
		return a.own
	}
	return a.flows.Library()
}

// loadFlows reads the flows and runs every rule on them; errors stop the start. An approval that ran out does not: the service goes on without the
// flow or the content, which the engine no longer begins or gives, and says so in the log.
func loadFlows(cfg *config.Config, now time.Time, log *slog.Logger) (*flows.Library, error) {
	lib, problems := flows.Load(flowsFS(cfg))
	if lib != nil {
		problems = append(problems, flows.Lint(lib, now.In(cfg.Zone))...)
	}
	stop, lapsed := stopping(problems)
	if len(stop) > 0 {
		return nil, fmt.Errorf("the flows have %d error(s): run vrep flows lint %s", len(stop), cfg.FlowsDir)
	}
	for _, p := range lapsed {
		log.Warn("an approval is over: what it covers is not used", "file", p.File, "line", p.Line)
	}
	return lib, nil
}

// lapsedCode is the rule about approvals that ran out.
const lapsedCode = "C501"

// stopping parts the errors: those that forbid starting, and approvals that ran out.
func stopping(problems []flows.Problem) (stop, lapsed []flows.Problem) {
	for _, p := range lint.Errors(problems) {
		if p.Code == lapsedCode {
			lapsed = append(lapsed, p)
		} else {
			stop = append(stop, p)
		}
	}
	return stop, lapsed
}

// startFlows takes over the flows in force, and publishes this process's own when they are new.
func (a *app) startFlows(ctx context.Context) error {
	a.store.UseFreshness(func(field string) time.Duration { return a.library().Fresh(field) })
	a.store.UseTopics(func(content string) []string { return a.library().TopicsOf(content) })
	keeper := release.NewKeeper(release.Options{Store: a.store, Old: bot.OldLibraries(a.store), Zone: a.cfg.Zone, Now: a.now, Log: a.log})
	err := keeper.Start(ctx, flowsFS(a.cfg), a.own, a.cfg.FlowsDir != "")
	if errors.Is(err, release.ErrUnreadable) {
		return fmt.Errorf("bring this program up to the version that published them, or publish others (vrep flows rollback): %w", err)
	}
	if err != nil {
		return err
	}
	a.flows = keeper
	_, err = a.store.SecludeEarlier(ctx) // the flows in force may protect more than those of the last migration
	return err
}

func (a *app) wireBot() error {
	senders := map[string]bot.Sender{}
	a.edge = newEdgeMetrics(a.registry)
	sender, err := newSender(a.cfg, a.log, func(o *wechat.SenderOptions) {
		o.Cache, o.Counter, o.Media, o.Observe, o.Now = a.sessions, a.sessions, a.store, a.edge.observe, a.now
		o.Asset = func(name string) ([]byte, bool) { return a.flows.Library().Picture(name) }
	})
	if err != nil {
		return err
	}
	a.sender = sender
	for _, kind := range []string{store.KindText, store.KindImage, store.KindNews, store.KindCard, store.KindCardUpdate, store.KindRepText,
		store.KindMenu, store.KindMiniPage, store.KindRobot} {
		senders[kind] = sender
	}
	var link func(doctor, content, effect string) string
	if a.links != nil {
		link = a.links.Address
	}
	a.bot = bot.New(bot.Options{
		Link: link, Export: a.exports(), Card: a.cards(),
		Store: a.store, Sessions: a.sessions, Engine: a.flows.Engine, Senders: senders, Mass: sender, Rules: channelRules(a.cfg), Can: capabilities(a.cfg), Account: houseVars(a.cfg),
		Zone: a.cfg.Zone, Instance: instance(), Now: a.now, Log: a.log, Metrics: a.registry,
	})
	return nil
}

func (a *app) wirePeople(key []byte) error {
	a.desk = handoff.New(handoff.Options{
		Store: a.store, PublicURL: a.cfg.PublicURL, Key: key, Company: a.cfg.Account.Company, BotName: a.cfg.Account.Bot,
		Robot: a.cfg.WeCom.RobotURL != "", RobotOnly: a.cfg.WeCom.RobotURL != "" && !a.cfg.WeCom.Ready(),
		Zone: a.cfg.Zone, Now: a.now, Log: a.log, Wake: a.bot.Wake, Weigh: func(words string) handoff.Weight { return handoff.Weight(a.flows.Library().Weigh(words)) },
	})
	a.safety = safety.New(safety.Options{Store: a.store, Duty: a.cfg.WeCom.Duty, Zone: a.cfg.Zone, Now: a.now, Log: a.log, Wake: a.bot.Wake})
	a.outreach = outreach.New(outreach.Options{
		Store: a.store, Contents: a.flows.Contents, Match: a.flows.Match, Caps: a.flows.Caps,
		Flows: outreach.Flows{Library: a.flows.Library, Begin: a.bot.Begin}, Segment: a.segment, Zone: a.cfg.Zone, Now: a.now, Log: a.log, Wake: a.bot.Wake,
	})
	a.meetings = meeting.New(meeting.Options{Store: a.store, WorkDay: handoff.WorkingDaysAfter, Company: a.cfg.Account.Company, Zone: a.cfg.Zone, Now: a.now, Log: a.log, Wake: a.outreach.Wake})
	a.insight = insight.New(insight.Options{Store: a.store, Library: a.flows.Library, Zone: a.cfg.Zone, Now: a.now, Log: a.log})
	var err error
	a.console, err = console.New(console.Options{
		Store: a.store, Desk: a.desk, Safety: a.safety, Library: a.flows.Library, Publisher: release.NewPublisher(a.store, a.cfg.Zone, a.now), Key: key,
		Secure: strings.HasPrefix(a.cfg.PublicURL, "https://"), PublicURL: a.cfg.PublicURL, Company: a.cfg.Account.Company,
		BotName: a.cfg.Account.Bot, Zone: a.cfg.Zone, Now: a.now, Log: a.log, Codes: a.codes(), Doctors: a.doctorPages(),
		Abilities: abilities(a.cfg),
	})
	return err
}

// segment joins the language of segments to outreach: the two packages do not know each other.
func (a *app) segment(source string) (store.Filter, bool) {
	s, problems := a.insight.Segment(source)
	if s == nil || len(problems) > 0 {
		return store.Filter{}, false
	}
	return a.insight.Filter(s), true
}

func (a *app) wireCallbacks() error {
	a.callback, a.wecom = unconfigured("wechat"), unconfigured("wecom")
	if w := a.cfg.WeChat; w.Ready() {
		hook, err := wechat.NewWebhook(wechat.WebhookOptions{
			AppID: w.AppID, Token: w.Token.Reveal(), AESKey: w.AESKey.Reveal(), Receiver: watched{a.bot, &a.ready}, Now: a.now, Log: a.log,
			Count: a.edge.count("wechat"),
		})
		if err != nil {
			return fmt.Errorf("wiring the WeChat callback: %w", err)
		}
		a.callback = hook
	}
	if w := a.cfg.WeCom; w.Ready() {
		hook, err := wechat.NewWeCom(wechat.WeComOptions{
			CorpID: w.CorpID, AgentID: w.AgentID, Token: w.Token.Reveal(), AESKey: w.AESKey.Reveal(), Press: a.press, Late: a.pressedLate,
			Now: a.now, Log: a.log,
			Count: a.edge.count("wecom"),
		})
		if err != nil {
			return fmt.Errorf("wiring the WeCom callback: %w", err)
		}
		a.wecom, a.presses = hook, hook
	}
	return nil
}

// press joins a card's button to the lead desk: the two packages do not know each other.
func (a *app) press(ctx context.Context, p wechat.Press) (string, error) {
	answer, err := a.desk.Press(ctx, p.UserID, p.Key, p.Task, p.Selected)
	return answer.Text, err
}

// pressedLate changes the card of a press whose answer came too late for the callback.
func (a *app) pressedLate(ctx context.Context, p wechat.Press, text string) error {
	return a.desk.ChangeCard(ctx, p.UserID, p.ResponseCode, text)
}

// unconfigured answers for a callback without settings: the platform must not believe that anything was accepted.
func unconfigured(what string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Vrep-Missing", what)
		w.WriteHeader(http.StatusServiceUnavailable)
	})
}

// close stops the parts in reverse order of their start.
func (a *app) close() error {
	var errs []error
	if a.presses != nil {
		a.presses.Wait()
	}
	if a.bot != nil {
		ctx, cancel := context.WithTimeout(context.Background(), drainLimit)
		defer cancel()
		errs = append(errs, a.bot.Close(ctx))
	}
	if a.sender != nil {
		a.sender.Close()
	}
	if a.sessions != nil {
		errs = append(errs, a.sessions.Close())
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	return errors.Join(errs...)
}

// drainLimit bounds the end of work after SIGTERM.
const drainLimit = 10 * time.Second
