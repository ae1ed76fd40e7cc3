package io.voice2face.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.voice2face.embedded.EmbeddedServerMain;

/**
 * The three servers and the four services, each a process of its own, on ports of this machine. A process that dies is
 * started again after a pause; closing stops the services first and the servers they need afterwards.
 */
final class Mesh implements AutoCloseable {
    /** Time between two looks at the services' liveness, and the answers "not alive" in a row that end a process. */
    private static final Duration LIVENESS_EVERY = Duration.ofSeconds(10);

    private static final int LIVENESS_FAILURES = 6;

    /** Starts of the services, where others bind their ports first, until it is given up. */
    private static final int START_ATTEMPTS = 3;

    /** Is told what happens. */
    interface Listener {
        /** A process is ready. */
        void ready(String name, int port, ProcessHandle process, Duration after);

        /** A port that was to be used is taken, another one is used. */
        void portTaken(String name, int taken, int used);

        /** A process has died by itself and will be started again. */
        void died(String name, int status, Path log, Duration restartAfter);
    }

    private final MeshCommands commands;
    private final Duration restartAfter;
    private final Listener listener;
    private final ProcessRegister register;
    private final Map<String, ManagedProcess> processes = new LinkedHashMap<>();
    private final ScheduledExecutorService restarts = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "mesh-restarts");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<MeshService, Integer> livenessFailures = new EnumMap<>(MeshService.class);
    private boolean started;
    private boolean closed;

    /**
     * A mesh that does not run yet.
     *
     * @param root source tree with the built services
     * @param restartAfter pause before a process that died is started again
     * @param extraEnvironment settings for the services beside those that the mesh needs
     */
    Mesh(LocalHome home, Path root, Duration restartAfter, Map<String, String> extraEnvironment, Listener listener) {
        this.commands = new MeshCommands(home, root, extraEnvironment);
        this.restartAfter = restartAfter;
        this.listener = listener;
        this.register = new ProcessRegister(home.processes());
    }

    /**
     * Starts everything and returns when everything is ready.
     *
     * @throws LocalRunException if a process does not get ready; what was started is stopped by {@link #close}
     */
    void start() throws InterruptedException {
        commands.requireBuiltServices();
        commands.choosePorts(listener::portTaken);
        awaitAll(startServers());
        startServices();
        synchronized (this) {
            started = true;
            // what died while others were still starting has not been looked after yet
            List.copyOf(processes.values()).stream()
                    .filter(process -> !process.isAlive())
                    .forEach(this::restartIfDied);
        }
        restarts.scheduleWithFixedDelay(
                this::endWhatIsNotAlive, LIVENESS_EVERY.toMillis(), LIVENESS_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What Kubernetes does: a service that keeps saying that it is not alive is ended, and so started again. */
    private void endWhatIsNotAlive() {
        for (MeshService service : MeshService.values()) {
            // no answer is no "no": a service that starts, or a machine that is busy, is given its time
            boolean notAlive = commands.liveness(service) == 503;
            int failures = notAlive ? livenessFailures.getOrDefault(service, 0) + 1 : 0;
            livenessFailures.put(service, failures);
            if (failures >= LIVENESS_FAILURES) {
                livenessFailures.put(service, 0);
                process(service.serviceName()).kill();
            }
        }
    }

    private List<ManagedProcess> startServers() {
        List<ManagedProcess> launched = new ArrayList<>();
        for (EmbeddedServerMain.Kind kind : EmbeddedServerMain.Kind.values()) {
            ManagedProcess.Command command = commands.server(kind);
            ManagedProcess.rotate(command.log());
            launched.add(launch(command));
        }
        return launched;
    }

    /**
     * Somebody, another local run above all, may bind a port between the look at it and the service that was to have it:
     * then all services, which know one another's addresses, start again.
     */
    private void startServices() throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            List<ManagedProcess> launched = new ArrayList<>();
            for (MeshService service : MeshService.values()) {
                ManagedProcess.Command command = commands.service(service);
                ManagedProcess.rotate(command.log());
                launched.add(launch(command));
            }
            try {
                awaitAll(launched);
                return;
            } catch (LocalRunException e) {
                launched.forEach(ManagedProcess::kill);
                for (ManagedProcess process : launched) {
                    process.awaitStop();
                }
                if (attempt == START_ATTEMPTS || !commands.replaceTakenPorts(listener::portTaken)) {
                    throw e;
                }
            }
        }
    }

    private void awaitAll(List<ManagedProcess> started) throws InterruptedException {
        for (ManagedProcess process : started) {
            awaitReady(process);
        }
    }

    private void awaitReady(ManagedProcess process) throws InterruptedException {
        Duration after = process.awaitReady();
        String name = process.command().name();
        listener.ready(name, commands.port(name), process.handle(), after);
    }

    private synchronized ManagedProcess launch(ManagedProcess.Command command) {
        if (closed) {
            throw new LocalRunException("The mesh is being stopped.");
        }
        ManagedProcess process = ManagedProcess.start(command);
        processes.put(command.name(), process);
        register.write(processes.values().stream().map(ManagedProcess::handle).toList());
        process.handle().onExit().thenRun(() -> restartIfDied(process));
        return process;
    }

    private synchronized void restartIfDied(ManagedProcess process) {
        if (!started || closed || process.isStopping()) {
            return;
        }
        listener.died(
                process.command().name(),
                process.exitStatus(),
                process.command().log(),
                restartAfter);
        restarts.schedule(() -> restart(process.command()), restartAfter.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void restart(ManagedProcess.Command command) {
        synchronized (this) {
            if (closed) {
                return;
            }
        }
        ManagedProcess process = launch(command);
        CompletableFuture.runAsync(() -> {
            try {
                awaitReady(process);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (LocalRunException e) {
                // it died again, which restarts it again, or it hangs: then the next attempt needs it gone
                process.kill();
            }
        });
    }

    /** Ports and addresses of everything in it. */
    MeshCommands addresses() {
        return commands;
    }

    /** The process of a server or service as it is now. */
    synchronized ManagedProcess process(String name) {
        ManagedProcess process = processes.get(name);
        if (process == null) {
            throw new IllegalArgumentException("no process is called " + name);
        }
        return process;
    }

    /** Names of all processes. */
    synchronized List<String> processNames() {
        return List.copyOf(processes.keySet());
    }

    @Override
    public void close() throws InterruptedException {
        List<ManagedProcess> services = new ArrayList<>();
        List<ManagedProcess> servers = new ArrayList<>();
        synchronized (this) {
            closed = true;
            restarts.shutdownNow();
            for (MeshService service : MeshService.values()) {
                if (processes.containsKey(service.serviceName())) {
                    services.add(processes.get(service.serviceName()));
                }
            }
            servers.addAll(processes.values());
            servers.removeAll(services);
        }
        stop(services);
        stop(servers);
    }

    private static void stop(List<ManagedProcess> group) throws InterruptedException {
        group.forEach(ManagedProcess::requestStop);
        for (ManagedProcess process : group) {
            process.awaitStop();
        }
    }
}
