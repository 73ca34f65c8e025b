package dev.gantry.cli.terminal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Signals that do something else than usual, until closed. SIGQUIT stays the JVM's: it prints its
 * threads.
 *
 * <p>{@code sun.misc.Signal} of jdk.unsupported is the only way to them, and called by reflection
 * since the compiler's warning about it cannot be left out.
 */
public final class Signals implements AutoCloseable {
    /** Those that a terminal or a supervisor sends to end or to tell a process. */
    public static final List<String> FORWARDED =
            List.of("HUP", "INT", "TERM", "USR1", "USR2", "ALRM", "CONT");

    private final Map<String, Object> before = new LinkedHashMap<>();

    private Signals() {}

    /** Calls {@code action} with the name of each of these signals. */
    public static Signals on(List<String> names, Consumer<String> action) {
        Signals signals = new Signals();
        for (String name : names) {
            signals.before.put(name, handle(name, handler(name, action)));
        }
        return signals;
    }

    /** Calls {@code action} when the window's size has changed. */
    public static Signals onResize(Runnable action) {
        return on(List.of("WINCH"), _ -> action.run());
    }

    @Override
    public void close() {
        before.forEach(Signals::handle);
        before.clear();
    }

    private static Object handler(String name, Consumer<String> action) {
        InvocationHandler handler =
                (Object proxy, Method method, Object[] arguments) ->
                        switch (method.getName()) {
                            case "handle" -> {
                                action.accept(name);
                                yield null;
                            }
                            case "equals" ->
                                    System.identityHashCode(proxy)
                                            == System.identityHashCode(arguments[0]);
                            case "hashCode" -> System.identityHashCode(proxy);
                            default -> "what SIG" + name + " does";
                        };
        try {
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            return Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {type}, handler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the Java runtime has no module jdk.unsupported", e);
        }
    }

    private static Object handle(String name, Object handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            return signal.getMethod("handle", signal, type)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("SIG" + name + " cannot be handled", e);
        }
    }
}
