package io.voice2face.gateway.domain;

/** What an event did to a job. */
public sealed interface Transition {
    /** The job after the event. */
    Job job();

    /** The event fitted; {@code job} is how it stands now. */
    record Applied(Job before, Job job) implements Transition {
        /** True where this event brought the job to its end. */
        public boolean ended() {
            return job.state().isFinal() && !before.state().isFinal();
        }

        /** True where a client can see a difference. */
        public boolean visible() {
            return !before.equals(job);
        }
    }

    /** The event does not fit the state; nothing changes. */
    record Ignored(Job job, Why why) implements Transition {}

    /** Why an event does not fit. */
    enum Why {
        /** The job has ended. */
        ENDED,
        /** What it says is known already. */
        KNOWN,
        /** It is of a kind that moves no job. */
        NOT_FOR_JOBS
    }
}
